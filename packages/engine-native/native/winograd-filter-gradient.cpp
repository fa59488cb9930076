// The filter gradient by Winograd's F(3x3, 4x4) and F(5x5, 4x4): the tiles of dy act as filters, the taps are the outputs. The
// products of each frequency are summed over all tiles of all images and transformed back once. Each thread processes a share of the tiles into
// its own sums, which are added in a fixed order.
#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"
#include "tiles.h"
#include "winograd-tiles.h"
#include "winograd.h"

namespace mlpconv {
namespace {

constexpr int M = 4;

template <int R>
void grad_filter(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  constexpr int N = M + R - 1, FREQUENCIES = N * N;
  constexpr int64_t CHUNK = 64 / (2 * WIDTH);  // panels
  const Panels panels(s.out_channels);
  const Tiling tiling(s, M);
  const int64_t in = s.in_channels, out = s.out_channels, row_size = ceil_div(in, WIDTH) * WIDTH;
  const int64_t shares = std::min<int64_t>(mlpconv_threads(), tiling.count);
  const int64_t sums_size = panels.padded() * FREQUENCIES * in;
  float* sums = scratch(CALLER_SUMS, shares * sums_size);
  std::vector<double> bias(shares * panels.padded());
  const std::vector<float> zeros(std::max(in, out));
  const int64_t block = std::clamp<int64_t>((768 << 10) / (FREQUENCIES * row_size) / MAX_ROWS, 4, 12) * MAX_ROWS;
  const int64_t data_step = block * row_size + MAX_ROWS + 16 - MAX_ROWS % 16;
  const int64_t wide = (CHUNK + 1) * 2 * WIDTH, gradient_step = block * wide + 16;

  parallel_for(shares, [&](int64_t share) {
    float* own = sums + share * sums_size;
    float* data = scratch(THREAD_INPUT, FREQUENCIES * data_step);
    float* gradients = scratch(THREAD_GRADIENT, FREQUENCIES * gradient_step);
    const int64_t from_tile = tiling.count * share / shares, end_tile = tiling.count * (share + 1) / shares;
    for (int64_t begin = from_tile; begin < end_tile; begin += block) {
      const int64_t tiles = std::min(block, end_tile - begin);
      for (int64_t i = 0; i < tiles; i++) {
        const TileAt tile(tiling, begin + i);
        const Patch<N> patch({x + tile.image * s.in_height * s.in_width * in}, s.in_height, s.in_width, in, tile.row * M - s.pad_top,
                             tile.column * M - s.pad_left, zeros.data());
        patch.each_vector(false, 0, in, [&](int64_t c, const auto& load_at) {
          float* to = data + i * row_size + c;
          transform_data<N>(load_at, [&](int row, int column, Vector value) { store(to + (row * N + column) * data_step, value); });
        });
      }
      for (int64_t panel = 0; panel < panels.count; panel += CHUNK) {
        const int64_t end = std::min(panel + CHUNK, panels.count), base = panels.first(panel);
        // dy in panels [tile][width] for each frequency
        for (int64_t i = 0; i < tiles; i++) {
          const TileAt tile(tiling, begin + i);
          const int64_t image = tile.image * s.out_height * s.out_width * out;
          const Patch<M> patch({dy.values + image, dy.mask ? dy.mask + image : nullptr}, s.out_height, s.out_width, out, tile.row * M,
                               tile.column * M, zeros.data());
          for (int64_t p = panel; p < end; p++) {
            const int64_t first = panels.first(p), width = panels.width(p);
            patch.each_vector(dy.mask, first, first + panels.columns_of(p), [&](int64_t c, const auto& load_at) {
              float* to = gradients + (first - base) * block + i * width + c - first;
              Vector total = {};
              transform_filter<N, M>(
                  [&](int row, int column) {
                    const Vector value = load_at(row, column);
                    total += value;
                    return value;
                  },
                  [&](int row, int column, Vector value) { store(to + (row * N + column) * gradient_step, value); });
              if (d_bias) {
                double* to_bias = bias.data() + share * panels.padded() + c;
                for (int j = 0; j < WIDTH; j++) to_bias[j] += total[j];
              }
            });
          }
        }
        for (int64_t frequency = 0; frequency < FREQUENCIES; frequency++) {
          for (int64_t p = panel; p < end; p++) {
            with_vectors(panels.vectors_of(p), [&](auto vectors) {
              constexpr int V = vectors, HEIGHT = ROWS<V>;
              const int64_t first = panels.first(p);
              const float* gradient = gradients + frequency * gradient_step + (first - base) * block;
              float* target[HEIGHT];
              for (int64_t c = 0; c < in; c += HEIGHT) {
                const int rows = static_cast<int>(std::min<int64_t>(HEIGHT, in - c));
                float* to = own + first * FREQUENCIES * in + (frequency * in + c) * V * WIDTH;
                for (int r = 0; r < HEIGHT; r++) {
                  target[r] = to + std::min(r, rows - 1) * V * WIDTH;
                  // Prefetches the next tile's sums, which are outside of the caches.
                  for (int v = 0; v < V; v++) __builtin_prefetch(to + ((HEIGHT + r) * V + v) * WIDTH, 1);
                }
                const float* from = data + frequency * data_step + c;
                add_outer<V>([=](int64_t i) { return from + i * row_size; }, tiles, gradient, {target, rows, V * WIDTH, begin > from_tile});
              }
            });
          }
        }
      }
    }
  });

  const int64_t parts = std::min<int64_t>(in, mlpconv_threads());
  parallel_for(parts, [&](int64_t part) {
    for (int64_t panel = 0; panel < panels.count; panel++) {
      const int64_t first = panels.first(panel), width = panels.width(panel);
      for (int64_t i = in * part / parts; i < in * (part + 1) / parts; i++) {
        for (int64_t c = 0; c < panels.columns_of(panel); c += WIDTH) {
          const float* from = sums + first * FREQUENCIES * in + i * width + c;
          float* to = d_filter + i * out + first + c;
          const int64_t left = panels.columns_of(panel) - c;
          transform_output<N, R>(
              [&](int row, int column) {
                const float* at = from + (row * N + column) * in * width;
                Vector sum = load<Vector>(at);
                for (int64_t share = 1; share < shares; share++) sum += load<Vector>(at + share * sums_size);
                return sum;
              },
              [&](int row, int column, Vector value) { store_part(to + (row * R + column) * in * out, value, left); });
        }
      }
    }
  });
  if (!d_bias) return;
  for (int64_t i = 0; i < out; i++) {
    double sum = 0;
    for (int64_t share = 0; share < shares; share++) sum += bias[share * panels.padded() + i];
    d_bias[i] = static_cast<float>(sum);
  }
}

}  // namespace

void winograd_grad_filter(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  const auto run = s.kernel_height == 3 ? grad_filter<3> : grad_filter<5>;
  run(s, x, dy, d_filter, d_bias);
}

}  // namespace mlpconv
