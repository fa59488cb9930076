// The filter gradient where x has few channels and dy few panels: windows are read where they are, because a copy of them would cost about as much as
// its products. A tile's rows are any taps and input channels: those of several rows of taps, if these are short.
#include "conv.h"
#include "image-blocks.h"
#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"
#include "tiles.h"

namespace mlpconv {
namespace {

constexpr int64_t BLOCK = 128;                  // pixels
constexpr int64_t MOST_UNDER_BLOCK = 8 << 10;  // floats of x under a block, for each panel: they stay in the L1 cache

// Stores the sums over `count` pixels of rows[r][starts[i]] times row i of the panel in the target.
template <int VECTORS>
[[gnu::noinline]] void add_windows(const float* const* rows, const int64_t* starts, int64_t count, const float* panel, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  Sums<VECTORS> sum;
  begin<VECTORS>(sum, target);
  const float* at[R];
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) at[r] = rows[r];
  for (int64_t i = 0; i < count; i++, panel += VECTORS * WIDTH) {
    const int64_t start = starts[i];
    Vector b[VECTORS];
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) b[v] = load<Vector>(panel + v * WIDTH);
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
      for (int v = 0; v < VECTORS; v++) sum[r][v] = multiply_add(b[v], at[r][start], sum[r][v]);
    }
  }
  finish<VECTORS>(sum, target);
}

// Copies dy, masked, into a panel [pixel][VECTORS * WIDTH], and adds its sums to bias.
template <int VECTORS>
void pack(Masked dy, int64_t stride, int64_t pixels, int64_t columns, float* to, double* bias) {
  Vector total[VECTORS] = {};
  for (int64_t i = 0; i < pixels; i++) {
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) {
      const int64_t at = i * stride + v * WIDTH, left = columns - v * WIDTH;
      Vector value = load_part(dy.values + at, left);
      if (dy.mask) value = where_positive(load_part(dy.mask + at, left), value);
      total[v] += value;
      store(to + (i * VECTORS + v) * WIDTH, value);
    }
  }
  for (int v = 0; v < VECTORS; v++) {
    for (int j = 0; j < WIDTH; j++) bias[v * WIDTH + j] += total[v][j];
  }
}

}  // namespace

bool in_place_wins(const ConvShape& s) {
  const double under_block = 1.0 * BLOCK * s.stride_height * s.stride_width * s.in_channels;
  return precision() == Precision::FULL && under_block * Panels(s.out_channels).count <= MOST_UNDER_BLOCK;
}

void in_place_grad_filter(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  const Panels panels(s.out_channels);
  const int64_t n = s.out_channels, length = int64_t{s.kernel_width} * s.in_channels, k = s.kernel_height * length;
  const ImageBlocks blocks(s, BLOCK);
  const int64_t pixels = blocks.pixels, line = blocks.line, shares = blocks.shares;
  // Offsets from the beginning of a window, for each tap and channel.
  std::vector<int64_t> offsets;
  offsets.reserve(k);
  for (int64_t i = 0; i < k; i++) offsets.push_back(i / length * line + i % length);

  const int64_t padded_n = panels.padded(), sums_size = k * padded_n;
  float* sums = scratch(CALLER_SUMS, shares * sums_size);
  std::vector<double> bias(shares * padded_n);
  parallel_for(shares, [&](int64_t share) {
    const int64_t begin = s.batch * share / shares, end = s.batch * (share + 1) / shares;
    float* own = sums + share * sums_size;
    float* packed = scratch(THREAD_GRADIENT, BLOCK * 3 * WIDTH);
    bool add = false;
    for (int64_t image = begin; image < end; image += blocks.images) {
      const int64_t images = std::min(blocks.images, end - image);
      const float* from = blocks.windows(x, image, images);
      for (int64_t at = 0; at < images * pixels; at += BLOCK, add = true) {
        const int64_t count = std::min(BLOCK, images * pixels - at);
        for (int64_t panel = 0; panel < panels.count; panel++) {
          const int64_t first = panels.first(panel), place = (image * pixels + at) * n + first;
          with_vectors(panels.vectors_of(panel), [&](auto vectors) {
            constexpr int V = vectors, R = ROWS<V>;
            pack<V>({dy.values + place, dy.mask ? dy.mask + place : nullptr}, n, count, panels.columns_of(panel), packed,
                    bias.data() + share * padded_n + first);
            const float* rows[R];
            float* target[R];
            for (int64_t row = 0; row < k; row += R) {
              for (int r = 0; r < R; r++) {
                const int64_t i = std::min(row + r, k - 1);
                rows[r] = from + offsets[i];
                target[r] = own + first * k + i * V * WIDTH;
              }
              add_windows<V>(rows, blocks.starts.data() + at, count, packed,
                             {target, static_cast<int>(std::min<int64_t>(R, k - row)), V * WIDTH, add});
            }
          });
        }
      }
    }
  });

  for (int64_t panel = 0; panel < panels.count; panel++) {
    const int64_t first = panels.first(panel), wide = panels.width(panel), columns = panels.columns_of(panel);
    for (int64_t i = 0; i < k; i++) {
      for (int64_t j = 0; j < columns; j += WIDTH) {
        const float* from = sums + first * k + i * wide + j;
        Vector sum = load<Vector>(from);
        for (int64_t share = 1; share < shares; share++) sum += load<Vector>(from + share * sums_size);
        store_part(d_filter + i * n + first + j, sum, columns - j);
      }
    }
  }
  for (int64_t i = 0; d_bias && i < n; i++) {
    double sum = 0;
    for (int64_t share = 0; share < shares; share++) sum += bias[share * padded_n + i];
    d_bias[i] = static_cast<float>(sum);
  }
}

}  // namespace mlpconv
