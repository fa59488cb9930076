// Stride-1 convolutions by Winograd's F(4x4, 3x3) (4 times fewer products than the direct sum) and F(4x4, 5x5) (6.25 times fewer). For
// each block of tiles whose transformed data fit into the caches: transform the data, multiply each of the N * N frequencies by the
// transformed filter (a matrix product over channels, for two panels of output channels at a time), transform the products back.
// The largest rounding error is about 1e-5 (3x3) or 4e-5 (5x5) of the largest value; for the direct sum, 1e-6.
#include "winograd.h"

#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"
#include "tiles.h"
#include "winograd-tiles.h"

namespace mlpconv {
namespace {

constexpr int M = 4;

// The filter [R, R, in, out] in reading order: flipped filters are written out first.
template <int R>
const float* readable(const ConvShape& s, const float* filter, Filter way) {
  if (way == Filter::AS_IS) return filter;
  const int64_t in = s.in_channels, out = s.out_channels;
  float* flipped = scratch(CALLER_SUMS, R * R * in * out);
  parallel_for(R * R, [&](int64_t tap) {
    transpose_block(filter + (R * R - 1 - tap) * in * out, in, out, in, flipped + tap * in * out, out);
  });
  return flipped;
}

// G filter G^T as panels [frequency][in][width], one after the other.
template <int R>
const float* transform_filters(const ConvShape& s, const float* filter, Filter way, const Panels& panels) {
  constexpr int N = M + R - 1;
  const float* from = readable<R>(s, filter, way);
  const int64_t in = s.in_channels, out = s.out_channels;
  float* packed = scratch(CALLER_FILTER, panels.padded() * N * N * in);
  parallel_for(panels.count, [&](int64_t panel) {
    const int64_t first = panels.first(panel), width = panels.width(panel);
    float* to = packed + first * N * N * in;
    for (int64_t i = 0; i < in; i++) {
      for (int64_t c = 0; c < width; c += WIDTH) {
        const int64_t left = panels.columns_of(panel) - c;
        const float* taps = from + i * out + first + c;
        transform_filter<N, R>([&](int y, int x) { return load_part(taps + (y * R + x) * in * out, left); },
                               [&](int y, int x, Vector value) { store(to + ((y * N + x) * in + i) * width + c, value); });
      }
    }
  });
  return packed;
}

template <int R>
void forward(const ConvShape& s, Masked x, const float* filter, Filter way, const float* bias, bool relu, float* y) {
  constexpr int N = M + R - 1;
  constexpr int64_t CHUNK = 64 / (2 * WIDTH);  // panels
  const Panels panels(s.out_channels);
  const Tiling tiling(s, M);
  const int64_t in = s.in_channels, out = s.out_channels, row_size = ceil_div(in, WIDTH) * WIDTH;
  const float* packed = transform_filters<R>(s, filter, way, panels);
  float* padded_bias = scratch(CALLER_BIAS, panels.padded());
  std::fill_n(padded_bias, panels.padded(), 0.0f);
  if (bias) std::copy_n(bias, out, padded_bias);
  const std::vector<float> zeros(in);

  // The number of tiles that fit in the L2 cache, rounded to whole tiles of the matrix product.
  int64_t block = std::clamp<int64_t>((240 << 10) / (N * N * row_size) / MAX_ROWS, 2, 8) * MAX_ROWS;
  block = std::min(block, ceil_div(ceil_div(tiling.count, mlpconv_threads()), MAX_ROWS) * MAX_ROWS);
  // One extra cache line between frequencies, so that they do not map to the same sets of the cache.
  const int64_t data_step = block * row_size + 16, wide = (CHUNK + 1) * 2 * WIDTH, product_step = block * wide + 16;

  parallel_for(ceil_div(tiling.count, block), [&](int64_t task) {
    const int64_t begin = task * block, tiles = std::min(block, tiling.count - begin);
    float* data = scratch(THREAD_INPUT, N * N * data_step);
    float* products = scratch(THREAD_OUTPUT, N * N * product_step);
    for (int64_t i = 0; i < tiles; i++) {
      const TileAt tile(tiling, begin + i);
      const int64_t image = tile.image * s.in_height * s.in_width * in;
      const Patch<N> patch({x.values + image, x.mask ? x.mask + image : nullptr}, s.in_height, s.in_width, in,
                           tile.row * M - s.pad_top, tile.column * M - s.pad_left, zeros.data());
      patch.each_vector(x.mask, 0, in, [&](int64_t c, const auto& load_at) {
        float* to = data + i * row_size + c;
        transform_data<N>(load_at, [&](int row, int column, Vector value) { store(to + (row * N + column) * data_step, value); });
      });
    }
    for (int64_t panel = 0; panel < panels.count; panel += CHUNK) {
      const int64_t end = std::min(panel + CHUNK, panels.count), base = panels.first(panel);
      for (int64_t frequency = 0; frequency < N * N; frequency++) {
        for (int64_t p = panel; p < end; p++) {
          with_vectors(panels.vectors_of(p), [&](auto vectors) {
            constexpr int V = vectors, HEIGHT = ROWS<V>;
            const float* weights = packed + panels.first(p) * N * N * in + frequency * in * V * WIDTH;
            const float* at[HEIGHT];
            float* target[HEIGHT];
            for (int64_t i = 0; i < tiles; i += HEIGHT) {
              for (int r = 0; r < HEIGHT; r++) {
                const int64_t row = std::min(i + r, tiles - 1);
                at[r] = data + frequency * data_step + row * row_size;
                target[r] = products + frequency * product_step + row * wide + panels.first(p) - base;
              }
              add_runs<V>(at, 1, 0, in, weights, {target, static_cast<int>(std::min<int64_t>(HEIGHT, tiles - i)), V * WIDTH});
            }
          });
        }
      }
      const int64_t columns = std::min(panels.first(end - 1) + panels.width(end - 1), panels.padded()) - base;
      for (int64_t i = 0; i < tiles; i++) {
        const TileAt tile(tiling, begin + i);
        const int64_t rows = std::min<int64_t>(M, s.out_height - tile.row * M), across = std::min<int64_t>(M, s.out_width - tile.column * M);
        float* to = y + ((tile.image * s.out_height + tile.row * M) * s.out_width + tile.column * M) * out + base;
        for (int64_t c = 0; c < columns; c += WIDTH) {
          const float* from = products + i * wide + c;
          const Vector offset = load<Vector>(padded_bias + base + c);
          const int64_t left = out - base - c;
          transform_output<N, M>([&](int row, int column) { return load<Vector>(from + (row * N + column) * product_step); },
                                 [&](int row, int column, Vector value) {
                                   if (row >= rows || column >= across) return;
                                   value += offset;
                                   store_part(to + (row * s.out_width + column) * out + c, relu ? clip(value) : value, left);
                                 });
        }
      }
    }
  });
}

}  // namespace

// Compares with the direct sum, in vector operations for a tile: its products plus the transforms (about 8 and 5 operations for a frequency),
// including their cache traffic. In bfloat16 an operation of the direct sum adds two products.
bool winograd_wins(const ConvShape& s) {
  const int r = s.kernel_height;
  if (s.kernel_width != r || (r != 3 && r != 5) || s.stride_height != 1 || s.stride_width != 1) return false;
  if (s.in_channels < WIDTH || s.out_channels < WIDTH) return false;
  const Tiling tiling(s, M);
  const double in = s.in_channels, out = s.out_channels, frequencies = (M + r - 1) * (M + r - 1);
  const double direct = 1.0 * s.batch * s.out_height * s.out_width * r * r * in * out;
  // Direct products in tiles of AMX take half the time of the best transform.
  if (precision() == Precision::AMX || precision() == Precision::EMULATED_AMX) return false;
  const double per_operation = precision() == Precision::FULL ? 1 : 2;
  return tiling.count >= MAX_ROWS && per_operation * tiling.count * frequencies * (1.15 * in * out + 24 * (in + out)) < direct;
}

void winograd_forward(const ConvShape& s, Masked x, const float* filter, Filter way, const float* bias, bool relu, float* y) {
  const auto run = s.kernel_height == 3 ? forward<3> : forward<5>;
  run(s, x, filter, way, bias, relu, y);
}

}  // namespace mlpconv
