// Matrix products. Both factors are packed, whether they are transposed or not: in blocks of KC values of k, b in panels that are read
// through L1, a in tiles that stay in L2. Threads divide the columns of c, or its rows if there are more rows.
#include <vector>

#include "amx.h"
#include "prefetcher.h"
#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

// MC divides by all tile heights.
template <class Factor>
constexpr int64_t MC = IN_TILES<Factor> ? 512 : 504;
template <class Factor>
constexpr int64_t KC = 256 * PER_LANE<Factor>;

// Rows [0, rows) and columns [0, k) of a, in tiles [k][R], zeros beyond the last row.
void pack_tiles(const float* a, int64_t stride, bool transposed, int64_t rows, int64_t k, int64_t height, float* to) {
  for (int64_t row = 0; row < rows; row += height, to += k * height) {
    const int64_t tile = std::min(height, rows - row);
    if (tile < height) std::fill_n(to, k * height, 0.0f);
    if (transposed) {
      for (int64_t i = 0; i < k; i++) std::copy_n(a + i * stride + row, tile, to + i * height);
    } else {
      transpose_block(a + row * stride, stride, tile, k, to, height);
    }
  }
}

// The same in bfloat16, [ceil(k / 2)][R][2], with WIDTH lanes more behind them. Rows beyond the last one hold anything.
template <class Factor>
void pack_tiles(const float* a, int64_t stride, bool transposed, int64_t rows, int64_t k, int64_t height, Factor* to) {
  for (int64_t row = 0; row < rows; row += height, to += whole_lanes<Factor>(k) * height) {
    const int64_t tile = std::min(height, rows - row);
    if (!transposed) {
      transpose_pairs(a + row * stride, stride, tile, k, to, height);
      continue;
    }
    for (int64_t i = 0; i < k; i += 2) {
      for (int64_t j = 0; j < tile; j += WIDTH) {
        const float* from = a + i * stride + row + j;
        store_pairs(to + i * height + 2 * j, load_part(from, tile - j), i + 1 < k ? load_part(from + stride, tile - j) : Vector{});
      }
    }
  }
}

// The same as rows [rows][round up(k, 32)], in which tiles of AMX find their values.
template <class Factor>
void pack_rows(const float* a, int64_t stride, bool transposed, int64_t rows, int64_t k, Factor* to) {
  const int64_t to_stride = ceil_div(k, TILE_DEPTH) * TILE_DEPTH;
  if (transposed) return round_columns([=](int64_t i, int64_t j, int64_t count) { return load_part(a + i * stride + j, std::max<int64_t>(count, 0)); }, k, rows, to, to_stride);
  for (int64_t row = 0; row < rows; row++) round_values(a + row * stride, nullptr, k, to + row * to_stride);
}

template <class Factor>
void multiply(int m, int n, int k, const float* a, int transpose_a, const float* b, int transpose_b, const float* bias, int relu, float* c) {
  const Panels panels(n);
  const int64_t threads = int64_t{m} * n * k < 1 << 16 ? 1 : mlpconv_threads();
  // Parts consist of whole panels, or of whole blocks of rows.
  const bool by_rows = panels.count < 4 * threads && m > 2 * MAX_ROWS * threads;
  const int64_t parts = by_rows ? threads : std::min(threads, panels.count);
  const int64_t a_stride = transpose_a ? m : k, b_stride = transpose_b ? k : n;
  std::vector<float> padded_bias;
  if (bias) {
    padded_bias.assign(bias, bias + n);
    padded_bias.resize(panels.padded());
  }
  parallel_for(parts, [&](int64_t part) {
    const int64_t first_row = by_rows ? m * part / parts : 0, end_row = by_rows ? m * (part + 1) / parts : m;
    const int64_t first_panel = by_rows ? 0 : panels.count * part / parts;
    const int64_t end_panel = by_rows ? panels.count : panels.count * (part + 1) / parts;
    constexpr int64_t KC = mlpconv::KC<Factor>, MC = mlpconv::MC<Factor>;
    Factor* tiles = scratch_of<Factor>(THREAD_INPUT, (MC + MAX_ROWS + 2) * KC);
    Factor* packed = scratch_of<Factor>(THREAD_GRADIENT, KC * 3 * WIDTH);
    for (int64_t row = first_row; row < end_row; row += MC) {
      const int64_t rows = std::min(MC, end_row - row);
      for (int64_t i = 0; i < std::max(k, 1); i += KC) {
        const int64_t depth = std::min(KC, k - i);
        const TileRegisters<Factor> registers(depth);
        const bool last = i + KC >= k;
        int64_t height = 0;  // of the tiles that a is packed in
        for (int64_t panel = first_panel; panel < end_panel; panel++) {
          const int64_t first = panels.first(panel);
          with_vectors(panels.vectors_of(panel), [&](auto vectors) {
            constexpr int V = vectors, R = ROWS<V, Factor>;
            const float* from_a = a + (transpose_a ? i * m + row : row * k + i);
            if constexpr (IN_TILES<Factor>) {
              if (height == 0) pack_rows(from_a, a_stride, transpose_a, rows, depth, tiles);
            } else if (height != R) {
              pack_tiles(from_a, a_stride, transpose_a, rows, depth, R, tiles);
            }
            height = R;
            pack_panel(b + (transpose_b ? first * k + i : i * n + first), b_stride, transpose_b, depth, panels.columns_of(panel),
                       V * WIDTH, packed);
            // Prefetches the next panel of b while this one is multiplied.
            Prefetcher prefetcher;
            if (panel + 1 < end_panel) {
              const int64_t next = panels.first(panel + 1), columns = panels.columns_of(panel + 1);
              if (transpose_b) prefetcher.add_rows(b + next * k + i, k, columns, depth);
              else prefetcher.add_rows(b + i * n + next, n, depth, columns);
            }
            prefetcher.spread(ceil_div(rows, R));
            float* target[R];
            for (int64_t tile = 0; tile < rows; tile += R) {
              const int count = static_cast<int>(std::min<int64_t>(R, rows - tile));
              for (int r = 0; r < R; r++) target[r] = c + (row + tile + std::min(r, count - 1)) * n + first;
              prefetcher.next();
              const Target sums = {target, count, panels.columns_of(panel), i > 0, last && bias ? padded_bias.data() + first : nullptr,
                                   last && relu};
              if constexpr (IN_TILES<Factor>) {
                const Factor* at[R];
                for (int r = 0; r < R; r++) at[r] = tiles + (tile + std::min(r, count - 1)) * ceil_div(depth, TILE_DEPTH) * TILE_DEPTH;
                add_runs<V>(at, 1, 0, depth, packed, sums);
              } else {
                const Factor* from = tiles + tile * whole_lanes<Factor>(depth);
                add_outer<V>([=](int64_t j) { return from + j * R; }, depth, packed, sums);
              }
            }
          });
        }
      }
    }
  });
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_matmul(int m, int n, int k, const float* a, int transpose_a, const float* b, int transpose_b, const float* bias,
                   int relu, float* c) {
  return guarded([&] {
    with_factors([&](auto factor) {
      multiply<decltype(factor)>(m, n, k, a, transpose_a, b, transpose_b, bias, relu, c);
    });
  });
}
