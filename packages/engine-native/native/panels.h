// The columns of a right factor, divided into panels of two vectors; the last panel has three if the number is odd, or one if there is only one.
#pragma once

#include <utility>

#include "bfloat16.h"

namespace mlpconv {

struct Panels {
  explicit Panels(int64_t columns) : columns(columns), vectors(ceil_div(columns, WIDTH)), count(std::max<int64_t>(1, vectors / 2)) {}

  int64_t columns, vectors, count;
  int64_t padded() const { return vectors * WIDTH; }
  int64_t first(int64_t panel) const { return panel * 2 * WIDTH; }
  int vectors_of(int64_t panel) const { return static_cast<int>(panel + 1 < count ? 2 : vectors - 2 * panel); }
  int64_t width(int64_t panel) const { return vectors_of(panel) * WIDTH; }
  int64_t columns_of(int64_t panel) const { return std::min(width(panel), columns - first(panel)); }
};

// to[i * to_stride + j] = from[j * from_stride + i] for j < rows, i < columns
inline void transpose_block(const float* from, int64_t from_stride, int64_t rows, int64_t columns, float* to, int64_t to_stride) {
  using Four = Floats<4>;
  for (int64_t i = 0; i < columns; i += 4) {
    for (int64_t j = 0; j < rows; j += 4) {
      if (i + 4 <= columns && j + 4 <= rows) {
        const float* at = from + j * from_stride + i;
        const Four a = load<Four>(at), b = load<Four>(at + from_stride), c = load<Four>(at + 2 * from_stride),
                   d = load<Four>(at + 3 * from_stride);
        const Four ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        const Four cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        float* into = to + i * to_stride + j;
        store(into, Four(__builtin_shufflevector(ab0, cd0, 0, 1, 4, 5)));
        store(into + to_stride, Four(__builtin_shufflevector(ab0, cd0, 2, 3, 6, 7)));
        store(into + 2 * to_stride, Four(__builtin_shufflevector(ab1, cd1, 0, 1, 4, 5)));
        store(into + 3 * to_stride, Four(__builtin_shufflevector(ab1, cd1, 2, 3, 6, 7)));
      } else {
        for (int64_t jj = j; jj < std::min(j + 4, rows); jj++) {
          for (int64_t ii = i; ii < std::min(i + 4, columns); ii++) to[ii * to_stride + jj] = from[jj * from_stride + ii];
        }
      }
    }
  }
}

// Packs `columns` columns of b ([k] rows with the given stride or, transposed, [columns] rows) into to [k][width], with zeros up to `width`.
inline void pack_panel(const float* b, int64_t stride, bool transposed, int64_t k, int64_t columns, int64_t width, float* to) {
  if (transposed) {
    transpose_block(b, stride, columns, k, to, width);
    for (int64_t i = 0; columns < width && i < k; i++) std::fill(to + i * width + columns, to + (i + 1) * width, 0.0f);
    return;
  }
  for (int64_t i = 0; i < k; i++, to += width, b += stride) {
    for (int64_t j = 0; j < width; j += WIDTH) {
      store(to + j, columns >= j + WIDTH ? load<Vector>(b + j) : columns > j ? load_part(b + j, columns - j) : Vector{});
    }
  }
}

// The same in bfloat16: pairs of rows, [ceil(k / 2)][width][2].
template <class Factor>
void pack_pairs(const float* b, int64_t stride, int64_t k, int64_t columns, int64_t width, Factor* to) {
  for (int64_t i = 0; i < k; i += 2, to += 2 * width, b += 2 * stride) {
    for (int64_t j = 0; j < width; j += WIDTH) {
      const int64_t left = std::max<int64_t>(columns - j, 0);
      store_pairs(to + 2 * j, load_part(b + j, left), i + 1 < k ? load_part(b + stride + j, left) : Vector{});
    }
  }
}

// Rounds rows of k values and transposes their pairs: to[i][row][2] holds the values 2 i and 2 i + 1 of the row, for at most 3 * WIDTH rows.
template <class Factor>
void transpose_pairs(const float* from, int64_t stride, int64_t rows, int64_t k, Factor* to, int64_t to_stride) {
  constexpr int64_t CHUNK = 32;  // pairs
  float pairs[std::max(3 * WIDTH, 12) * CHUNK];
  for (int64_t i = 0; i < k; i += 2 * CHUNK) {
    const int64_t count = std::min(2 * CHUNK, k - i), lanes = ceil_div(count, 2);
    for (int64_t row = 0; row < rows; row++) {
      if (count % 2) pairs[row * CHUNK + lanes - 1] = 0;
      round_values(from + row * stride + i, nullptr, count, reinterpret_cast<Factor*>(pairs + row * CHUNK));
    }
    // Bits, not numbers: they are only moved.
    transpose_block(pairs, CHUNK, rows, lanes, reinterpret_cast<float*>(to) + i / 2 * to_stride, to_stride);
  }
}

// Transposes 16 x 16 lanes: each round exchanges the halves of squares of twice the size.
template <int SIZE, int... LANE>
[[gnu::always_inline]] inline void exchange(Words<16> (&lanes)[16], std::integer_sequence<int, LANE...>) {
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    if (i & SIZE) continue;
    const Words<16> a = lanes[i], b = lanes[i + SIZE];
    lanes[i] = __builtin_shufflevector(a, b, (LANE & SIZE ? 16 + LANE - SIZE : LANE)...);
    lanes[i + SIZE] = __builtin_shufflevector(a, b, (LANE & SIZE ? 16 + LANE : LANE + SIZE)...);
  }
}
[[gnu::always_inline]] inline void transpose_lanes(Words<16> (&lanes)[16]) {
  constexpr std::make_integer_sequence<int, 16> sequence;
  exchange<1>(lanes, sequence);
  exchange<2>(lanes, sequence);
  exchange<4>(lanes, sequence);
  exchange<8>(lanes, sequence);
}

// Rounds columns and makes them rows: to[j][i] = from[i][j] for j < columns and i < rows, zeros for columns and rows up to multiples of 16
// and 32. value_at(i, j, count) returns from[i][j ... j + count] for the valid ones, and zeros up to WIDTH.
template <class Factor, class ValueAt>
void round_columns(const ValueAt& value_at, int64_t rows, int64_t columns, Factor* to, int64_t to_stride) {
  for (int64_t i = 0; i < rows; i += 32) {
    for (int64_t j = 0; j < columns; j += 16) {
      alignas(64) Factor pairs[16][16][2];
      for (int64_t pair = 0; pair < 16; pair++) {
        for (int64_t c = 0; c < 16; c += WIDTH) {
          const int64_t even = i + 2 * pair, count = columns - j - c;
          store_pairs(pairs[pair][c], even < rows ? value_at(even, j + c, count) : Vector{}, even + 1 < rows ? value_at(even + 1, j + c, count) : Vector{});
        }
      }
      Words<16> lanes[16];
      std::memcpy(lanes, pairs, sizeof lanes);
      transpose_lanes(lanes);
      for (int64_t column = 0; column < 16; column++) store(to + (j + column) * to_stride + i, lanes[column]);
    }
  }
}

template <class Factor>
void pack_panel(const float* b, int64_t stride, bool transposed, int64_t k, int64_t columns, int64_t width, Factor* to) {
  if (!transposed) return pack_pairs(b, stride, k, columns, width, to);
  transpose_pairs(b, stride, columns, k, to, width);
  for (int64_t i = 0; columns < width && i < k; i += 2) std::fill(to + i * width + 2 * columns, to + (i + 2) * width, Factor{});
}

}  // namespace mlpconv
