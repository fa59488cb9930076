// The filter gradient: for each tap and input channel a row of sums over all output pixels, d_filter[k] += window(pixel)[k] * dy[pixel].
// dy is masked and packed, a block of pixels at a time, into panels that stay in L2. For a few rows of the gradient at a time, their part of the
// windows (from x, or from a copy with a zero border) is copied into a tile in L1, and sums stay in registers for all pixels of the block.
// Each thread processes a share of the images into its own sums, which are added in a fixed order. With few images, threads share the taps.
// In mixed precision dy and the tiles are rounded to bfloat16 as they are packed, in pairs of pixels; the bias gradient sums float32 values.
#include "prefetcher.h"
#include "conv.h"
#include "image-blocks.h"
#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"
#include "tiles.h"

namespace mlpconv {
namespace {

template <class Factor>
constexpr int64_t BLOCK = 128 * PER_LANE<Factor>;  // pixels

// Copies dy, masked, into a panel [pixel][width], and adds its sums to bias if given.
void pack(const float* dy, const float* mask, int64_t stride, int64_t pixels, int64_t columns, int64_t width, float* to, double* bias) {
  for (int64_t c = 0; c < width; c += WIDTH) {
    Vector total = {};
    const int64_t left = columns - c;
    for (int64_t i = 0; i < pixels; i++) {
      Vector value = load_part(dy + i * stride + c, left);
      if (mask) value = where_positive(load_part(mask + i * stride + c, left), value);
      total += value;
      store(to + i * width + c, value);
    }
    for (int j = 0; bias && j < WIDTH; j++) bias[c + j] += total[j];
  }
}

// The same in pairs of pixels, [ceil(pixels / 2)][width][2].
template <class Factor>
void pack(const float* dy, const float* mask, int64_t stride, int64_t pixels, int64_t columns, int64_t width, Factor* to, double* bias) {
  for (int64_t c = 0; c < width; c += WIDTH) {
    Vector total = {};
    const int64_t left = std::max<int64_t>(columns - c, 0);
    const auto value_at = [&](int64_t i) {
      Vector value = load_part(dy + i * stride + c, left);
      if (mask) value = where_positive(load_part(mask + i * stride + c, left), value);
      total += value;
      return value;
    };
    for (int64_t i = 0; i < pixels; i += 2) {
      const Vector even = value_at(i), odd = i + 1 < pixels ? value_at(i + 1) : Vector{};
      store_pairs(to + i * width + 2 * c, even, odd);
    }
    for (int j = 0; bias && j < WIDTH; j++) bias[c + j] += total[j];
  }
}

// R values for each pixel from the start of its window, [pixel][R], with WIDTH values more behind them.
template <int R>
void take_tile(const float* from, const int64_t* starts, int64_t pixels, int tall, float* tile) {
  if (tall == R) {
    for (int64_t i = 0; i < pixels; i++) std::memcpy(tile + i * R, from + starts[i], R * sizeof(float));
  } else {
    // A few values: copied by vectors, because a call of memmove for each pixel takes longer than all products.
    for (int64_t i = 0; i < pixels; i++) {
      for (int c = 0; c < tall; c += WIDTH) store(tile + i * R + c, load_part(from + starts[i] + c, tall - c));
    }
  }
}

// The same in pairs of pixels, [ceil(pixels / 2)][R][2], with WIDTH lanes more behind them.
template <int R, class Factor>
void take_tile(const float* from, const int64_t* starts, int64_t pixels, int tall, Factor* tile) {
  for (int64_t i = 0; i < pixels; i += 2) {
    const float *even = from + starts[i], *odd = i + 1 < pixels ? from + starts[i + 1] : nullptr;
    for (int c = 0; c < tall; c += WIDTH) {
      store_pairs(tile + i * R + 2 * c, load_part(even + c, tall - c), odd ? load_part(odd + c, tall - c) : Vector{});
    }
  }
}

template <class Factor>
void grad_filter(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  constexpr int64_t BLOCK = mlpconv::BLOCK<Factor>;
  const Panels panels(s.out_channels);
  const int64_t threads = mlpconv_threads(), n = s.out_channels;
  const int64_t length = int64_t{s.kernel_width} * s.in_channels, k = s.kernel_height * length;
  const ImageBlocks blocks(s, BLOCK);
  const int64_t pixels = blocks.pixels, line = blocks.line, in_image = int64_t{s.in_height} * s.in_width * s.in_channels;
  const int64_t shares = blocks.shares, bands = std::clamp<int64_t>(threads / shares, 1, s.kernel_height);
  const int64_t sums_size = panels.padded() * k, padded_n = panels.padded();
  float* sums = scratch(CALLER_SUMS, shares * sums_size);
  std::vector<double> bias(shares * padded_n);

  parallel_for(shares * bands, [&](int64_t task) {
    const int64_t share = task / bands, band = task % bands;
    const int64_t begin = s.batch * share / shares, end = s.batch * (share + 1) / shares;
    float* own = sums + share * sums_size;
    Factor* packed = scratch_of<Factor>(THREAD_GRADIENT, BLOCK * (padded_n + MAX_ROWS) + 2 * WIDTH);
    Factor* tile = packed + BLOCK * padded_n;
    bool add = false;
    for (int64_t image = begin; image < end; image += blocks.images) {
      const int64_t images = std::min(blocks.images, end - image);
      const float* from = blocks.windows(x, image, images);
      for (int64_t at = 0; at < images * pixels; at += BLOCK) {
        const int64_t count = std::min(BLOCK, images * pixels - at);
        Prefetcher prefetcher;
        const int64_t next = image * pixels + at + count, more = std::min(BLOCK, end * pixels - next);
        prefetcher.add(dy.values + next * n, more * n);
        if (dy.mask) prefetcher.add(dy.mask + next * n, more * n);
        if (more > 0) prefetcher.add(x + next * in_image / pixels, more * in_image / pixels);
        prefetcher.spread(panels.count * (s.kernel_height * ceil_div(length, ROWS<2>) / bands));
        for (int64_t panel = 0; panel < panels.count; panel++) {
          const int64_t first = panels.first(panel);
          const float* gradient = dy.values + (image * pixels + at) * n + first;
          const float* mask = dy.mask ? dy.mask + (image * pixels + at) * n + first : nullptr;
          pack(gradient, mask, n, count, panels.columns_of(panel), panels.width(panel), packed + first * whole_lanes<Factor>(count),
               band == 0 ? bias.data() + share * padded_n + first : nullptr);
        }
        // Panels of the same width share their tiles; the last panel may have another width.
        for (int64_t panel = 0, end_panel; panel < panels.count; panel = end_panel) {
          const int width_of = panels.vectors_of(panel);
          for (end_panel = panel; end_panel < panels.count && panels.vectors_of(end_panel) == width_of;) end_panel++;
          with_vectors(width_of, [&](auto vectors) {
            constexpr int V = vectors, R = ROWS<V>;
            float* target[R];
            for (int64_t y = s.kernel_height * band / bands; y < s.kernel_height * (band + 1) / bands; y++) {
              for (int64_t row = 0; row < length; row += R) {
                const int tall = static_cast<int>(std::min<int64_t>(R, length - row));
                take_tile<R>(from + y * line + row, blocks.starts.data() + at, count, tall, tile);
                for (int64_t p = panel; p < end_panel; p++) {
                  const int64_t first = panels.first(p);
                  for (int r = 0; r < R; r++) target[r] = own + first * k + (y * length + row + std::min(r, tall - 1)) * V * WIDTH;
                  prefetcher.next();
                  add_outer<V>([=](int64_t i) { return tile + i * R; }, count, packed + first * whole_lanes<Factor>(count),
                               {target, tall, V * WIDTH, add});
                }
              }
            }
          });
        }
        add = true;
      }
    }
  });

  const auto reduce = [&](int64_t row) {
    for (int64_t panel = 0; panel < panels.count; panel++) {
      const int64_t first = panels.first(panel), wide = panels.width(panel);
      for (int64_t j = 0; j < panels.columns_of(panel); j += WIDTH) {
        Vector sum = load<Vector>(sums + first * k + row * wide + j);
        for (int64_t share = 1; share < shares; share++) sum += load<Vector>(sums + share * sums_size + first * k + row * wide + j);
        store_part(d_filter + row * n + first + j, sum, panels.columns_of(panel) - j);
      }
    }
  };
  const int64_t parts = std::min(k, threads);
  parallel_for(parts, [&](int64_t part) {
    for (int64_t row = k * part / parts; row < k * (part + 1) / parts; row++) reduce(row);
  });
  if (!d_bias) return;
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int64_t share = 0; share < shares; share++) sum += bias[share * padded_n + i];
    d_bias[i] = static_cast<float>(sum);
  }
}

}  // namespace

void direct_grad_filter(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  if (const int packing = pixel_packing(s); packing > 1) return narrow_grad_filter(s, packing, x, dy, d_filter, d_bias);
  if (in_place_wins(s)) return in_place_grad_filter(s, x, dy, d_filter, d_bias);
  with_factors([&](auto factor) {
    using Factor = decltype(factor);
    if constexpr (IN_TILES<Factor>) grad_filter_in_tiles<Factor>(s, x, dy, d_filter, d_bias);
    else grad_filter<Factor>(s, x, dy, d_filter, d_bias);
  });
}

}  // namespace mlpconv
