// The two inner loops of all convolutions and matrix products, on tiles of rows x (VECTORS * WIDTH) sums that stay in registers. The
// right factor is packed into panels [k][VECTORS * WIDTH], so that it is read sequentially. The left factor is not packed; one
// value at a time is broadcast, from runs along k (add_runs) or from the items of an outer product (add_outer). Factors in bfloat16 have pairs
// of values along k in place of one: a panel is [ceil(k / 2)][VECTORS * WIDTH][2].
#pragma once

#include <type_traits>

#include "bfloat16.h"

namespace mlpconv {

// Rows of a tile: as many as fit into the registers beside a panel's vectors, and no more than there are registers for their addresses.
#if defined(__wasm__) && !defined(__wasm_relaxed_simd__)
// A product that is not fused needs registers of its own.
constexpr int SUMS = 8;
#else
constexpr int SUMS = REGISTERS == 32 ? 24 : 12;
#endif
template <int VECTORS, class Factor = float>
constexpr int ROWS = std::min(12, SUMS / VECTORS);
constexpr int MAX_ROWS = 12;

// Destination of a tile: its first `rows` rows and `columns` columns.
struct Target {
  float* const* to;
  int rows;
  int64_t columns;
  bool add = false;             // adds to the existing values
  const float* bias = nullptr;  // as many values as the panel is wide
  bool relu = false;
};

template <int VECTORS>
using Sums = Vector[ROWS<VECTORS>][VECTORS];

template <int VECTORS>
[[gnu::always_inline]] inline void begin(Sums<VECTORS>& sum, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  // Prefetches the destination, which may be outside of the caches, so that it is loaded when the sums are ready.
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
[[gnu::always_inline]] inline void finish_row(const Vector (&sum)[VECTORS], const Target& target, int row) {
  constexpr int64_t LAST = (VECTORS - 1) * WIDTH;
  const bool whole = target.columns == VECTORS * WIDTH;
  float* to = target.to[row];
#pragma GCC unroll 3
  for (int v = 0; v < VECTORS; v++) {
    const bool part = v == VECTORS - 1 && !whole;
    Vector value = sum[v];
    if (target.add) value += part ? load_part(to + LAST, target.columns - LAST) : load<Vector>(to + v * WIDTH);
    if (target.relu) value = clip(value);
    if (part) store_part(to + LAST, value, target.columns - LAST);
    else store(to + v * WIDTH, value);
  }
}

template <int VECTORS>
[[gnu::always_inline]] inline void finish(Sums<VECTORS>& sum, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
    if (r >= target.rows) break;
    finish_row<VECTORS>(sum[r], target, r);
  }
}

// Stores the product of the runs at rows[r] (`runs` runs of `length` values, with the given stride) and the panel [runs * length] in the target.
// In bfloat16 each run begins with a lane of its own.
template <int VECTORS, class Factor>
[[gnu::noinline]] void add_runs(const Factor* const* rows, int64_t runs, int64_t stride, int64_t length, const Factor* panel,
                                const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  Sums<VECTORS> sum;
  begin<VECTORS>(sum, target);
  for (int64_t run = 0; run < runs; run++) {
    const Factor* at[R];
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) at[r] = rows[r] + run * stride;
    for (int64_t i = 0; i + PER_LANE<Factor> <= length; i += PER_LANE<Factor>, panel += VECTORS * WIDTH * PER_LANE<Factor>) {
      Lanes<Factor> b[VECTORS];
#pragma GCC unroll 3
      for (int v = 0; v < VECTORS; v++) b[v] = load<Lanes<Factor>>(panel + v * WIDTH * PER_LANE<Factor>);
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
        for (int v = 0; v < VECTORS; v++) sum[r][v] = multiply_add(b[v], lane_at(at[r] + i), sum[r][v]);
      }
    }
    if constexpr (PER_LANE<Factor> == 2) {
      if (length % 2) {
        for (int v = 0; v < VECTORS; v++) {
          const auto b = load<Lanes<Factor>>(panel + v * WIDTH * 2);
#pragma GCC unroll 12
          for (int r = 0; r < R; r++) sum[r][v] = multiply_add(b, last_lane_at(at[r] + length - 1), sum[r][v]);
        }
        panel += VECTORS * WIDTH * 2;
      }
    }
  }
  finish<VECTORS>(sum, target);
}

// Stores the sum over `count` items of point(i)[r] times row i of the panel in the target. In bfloat16, point(i) of an even i has pairs of
// the items i and i + 1; behind an odd count both factors have zeros.
template <int VECTORS, class Point, class Factor>
[[gnu::noinline]] void add_outer(const Point& point, int64_t count, const Factor* panel, const Target& target) {
  constexpr int R = ROWS<VECTORS>;
  Sums<VECTORS> sum;
  begin<VECTORS>(sum, target);
  for (int64_t i = 0; i < count; i += PER_LANE<Factor>, panel += VECTORS * WIDTH * PER_LANE<Factor>) {
    const Factor* at = point(i);
#ifdef __wasm__
    // An address of its own: the places of the rows are then constants in the loads, and no addition stands before each.
    asm("" : "+r"(at));
#endif
    Lanes<Factor> b[VECTORS];
#pragma GCC unroll 3
    for (int v = 0; v < VECTORS; v++) b[v] = load<Lanes<Factor>>(panel + v * WIDTH * PER_LANE<Factor>);
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
      for (int v = 0; v < VECTORS; v++) sum[r][v] = multiply_add(b[v], lane_at(at + r * PER_LANE<Factor>), sum[r][v]);
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
