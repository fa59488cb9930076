// The two inner loops of every convolution and matrix product, on tiles of rows x (VECTORS * WIDTH) sums that stay in registers. The
// right factor is packed in panels [k][VECTORS * WIDTH], so that it is read front to back. The left factor is read where it lies, one
// value broadcast at a time: from runs along k (add_runs) or from the items of an outer product (add_outer).
#pragma once

#include <type_traits>

#include "vector.h"

namespace mlpconv {

// Rows of a tile: as many as the registers hold beside a panel's vectors; no more than there are registers for their addresses.
template <int VECTORS>
constexpr int ROWS = std::min(12, (REGISTERS == 32 ? 24 : 12) / VECTORS);
constexpr int MAX_ROWS = 12;

// Where a tile goes: its first `rows` rows and `columns` columns.
struct Target {
  float* const* to;
  int rows;
  int64_t columns;
  bool add = false;             // to what is there
  const float* bias = nullptr;  // as many as the panel is wide
  bool relu = false;
};

template <int VECTORS>
using Sums = Vector[ROWS<VECTORS>][VECTORS];

template <int VECTORS>
[[gnu::always_inline]] inline void begin(Sums<VECTORS>& sum, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  // Where the sums go may be far from the caches: asked for now, it is there when they are ready.
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) __builtin_prefetch(target.to[r] + v * WIDTH, 1);
  }
  Vector start[VECTORS] = {};
  if (target.bias) {
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) start[v] = load<Vector>(target.bias + v * WIDTH);
  }
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) sum[r][v] = start[v];
  }
}

template <int VECTORS>
[[gnu::always_inline]] inline void finish(Sums<VECTORS>& sum, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  constexpr int64_t LAST = (VECTORS - 1) * WIDTH;
  const bool whole = target.columns == VECTORS * WIDTH;
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
    if (r >= target.rows) break;
    float* to = target.to[r];
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) {
      const bool part = v == VECTORS - 1 && !whole;
      Vector value = sum[r][v];
      if (target.add) value += part ? load_part(to + LAST, target.columns - LAST) : load<Vector>(to + v * WIDTH);
      if (target.relu) value = clip(value);
      if (part) store_part(to + LAST, value, target.columns - LAST);
      else store(to + v * WIDTH, value);
    }
  }
}

// Target = the runs at rows[r], each of `length` values, `runs` of them `stride` apart, times the panel [runs * length].
template <int VECTORS>
[[gnu::noinline]] void add_runs(const float* const* rows, int64_t runs, int64_t stride, int64_t length, const float* panel,
                                const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  Sums<VECTORS> sum;
  begin<VECTORS>(sum, target);
  for (int64_t run = 0; run < runs; run++) {
    const float* at[R];
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) at[r] = rows[r] + run * stride;
    for (int64_t i = 0; i < length; i++, panel += VECTORS * WIDTH) {
      Vector b[VECTORS];
#pragma GCC unroll 3
      for (int v = 0; v < VECTORS; v++) b[v] = load<Vector>(panel + v * WIDTH);
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
        for (int v = 0; v < VECTORS; v++) sum[r][v] += b[v] * at[r][i];
      }
    }
  }
  finish<VECTORS>(sum, target);
}

// Target = the sum over `count` items: point(i)[r] times row i of the panel.
template <int VECTORS, class Point>
[[gnu::noinline]] void add_outer(const Point& point, int64_t count, const float* panel, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  Sums<VECTORS> sum;
  begin<VECTORS>(sum, target);
  for (int64_t i = 0; i < count; i++, panel += VECTORS * WIDTH) {
    const float* at = point(i);
    Vector b[VECTORS];
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) b[v] = load<Vector>(panel + v * WIDTH);
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
      for (int v = 0; v < VECTORS; v++) sum[r][v] += b[v] * at[r];
    }
  }
  finish<VECTORS>(sum, target);
}

// Calls body with the number of vectors as a compile-time constant.
template <class Body>
void with_vectors(int vectors, const Body& body) {
  if (vectors == 2) body(std::integral_constant<int, 2>{});
  else if (vectors == 3) body(std::integral_constant<int, 3>{});
  else body(std::integral_constant<int, 1>{});
}

}  // namespace mlpconv
