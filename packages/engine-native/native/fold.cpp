// Extremes, whole-number sums, logical operations, products and positions of extremes of x [outer, reduced, inner] over its middle axis.
// One driver serves all types and operations; a loop over rows is all that there is of each.
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels.h"
#include "lanes.h"
#include "ranges.h"

namespace mlpconv {
namespace {

constexpr int64_t COLUMNS = 512;

// The operations are associative and commutative, so neither lanes nor pieces change the result.
struct Fold {
  int64_t bytes;
  // y[i] = op(y[i], x[row, i]) for `rows` rows of `width` values with stride `inner`.
  void (*rows)(int64_t rows, int64_t inner, int64_t width, const void* x, void* y);
  // *y = op over contiguous values.
  void (*run)(int64_t count, const void* x, void* y);
};

template <class T, class Op>
void fold_rows(int64_t rows, int64_t inner, int64_t width, const void* x, void* y) {
  T* __restrict to = static_cast<T*>(y);
  for (int64_t row = 0; row < rows; row++) {
    const T* __restrict from = static_cast<const T*>(x) + row * inner;
    for (int64_t i = 0; i < width; i++) to[i] = Op()(to[i], from[i]);
  }
}

template <class T, class Op>
void fold_run(int64_t count, const void* x, void* y) {
  constexpr int64_t LANES = 64 / sizeof(T);
  const T* from = static_cast<const T*>(x);
  T result = from[0];
  int64_t i = 1;
  if (count >= LANES) {
    using Vector = typename LanesOf<T, LANES>::type;
    Vector lanes = load<Vector>(from);
    for (i = LANES; i + LANES <= count; i += LANES) lanes = Op()(lanes, load<Vector>(from + i));
    // Four quarters, each as wide as a register, and the values of what they give one by one.
    constexpr int64_t SIDE = LANES / 4;
    using Part = typename LanesOf<T, SIDE>::type;
    T side[LANES];
    store(side, lanes);
    const Part low = Op()(load<Part>(side), load<Part>(side + SIDE));
    const Part part = Op()(low, Op()(load<Part>(side + 2 * SIDE), load<Part>(side + 3 * SIDE)));
    result = part[0];
#pragma GCC unroll 1
    for (int64_t lane = 1; lane < SIDE; lane++) result = Op()(result, part[lane]);
  }
#pragma GCC unroll 1
  for (; i < count; i++) result = Op()(result, from[i]);
  *static_cast<T*>(y) = result;
}

template <class T, class Op>
constexpr Fold fold_of{sizeof(T), fold_rows<T, Op>, fold_run<T, Op>};

// The operations, on single values and on vectors. NaN stays once it occurs; for whole numbers the second comparison is never true.
struct Larger {
  template <class V>
  V operator()(V a, V b) const { return ((b > a) | (b != b)) ? b : a; }
};
struct Smaller {
  template <class V>
  V operator()(V a, V b) const { return ((b < a) | (b != b)) ? b : a; }
};
struct Sum {
  template <class V>
  V operator()(V a, V b) const { return a + b; }
};
struct All {
  template <class V>
  V operator()(V a, V b) const { return b == 0 ? b : a; }
};
struct Any {
  template <class V>
  V operator()(V a, V b) const { return a | b; }
};

// Calls body(o, first, width) for each block of at most COLUMNS columns.
template <class Body>
void for_columns(int64_t outer, int64_t reduced, int64_t inner, const Body& body) {
  const int64_t blocks = (inner + COLUMNS - 1) / COLUMNS;
  for_ranges(outer * blocks, reduced * std::min(inner, COLUMNS), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % blocks * COLUMNS;
      body(i / blocks, first, std::min(COLUMNS, inner - first));
    }
  });
}

int fold(const Fold& op, int64_t outer, int64_t reduced, int64_t inner, const void* from, void* to) {
  const int64_t bytes = op.bytes;
  const char* x = static_cast<const char*>(from);
  char* y = static_cast<char*>(to);
  if (inner > 1) {
    for_columns(outer, reduced, inner, [&](int64_t o, int64_t first, int64_t width) {
      const char* start = x + (o * reduced * inner + first) * bytes;
      char* out = y + (o * inner + first) * bytes;
      std::memcpy(out, start, width * bytes);
      op.rows(reduced - 1, inner, width, start + inner * bytes, out);
    });
    return 0;
  }
  return guarded([&] {
    // One long run is cut into pieces, so that all threads take part.
    const int64_t pieces = outer >= 16 ? 1 : std::clamp<int64_t>(reduced / GRAIN, 1, 64);
    std::vector<char> partial(outer * pieces * bytes);
    for_ranges(outer * pieces, reduced / pieces, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t first = reduced * (i % pieces) / pieces, last = reduced * (i % pieces + 1) / pieces;
        op.run(last - first, x + (i / pieces * reduced + first) * bytes, partial.data() + i * bytes);
      }
    });
    for (int64_t o = 0; o < outer; o++) op.run(pieces, partial.data() + o * pieces * bytes, y + o * bytes);
  });
}

// A double as int32, modulo 2^32 as JavaScript converts it.
int32_t wrapped(double value) {
  if (!std::isfinite(value)) return 0;
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(std::fmod(value, 4294967296.0))));
}

// Multiplies SIDE columns at a time, because each product waits for the one before; within a column the order is that of the rows.
constexpr int64_t SIDE = 8;

template <class T, int64_t N>
void multiply(int64_t rows, int64_t inner, const int64_t* columns, const void* x, double* products) {
  const T* from = static_cast<const T*>(x);
  double all[N];
  std::fill(all, all + N, 1.0);
  for (int64_t row = 0; row < rows; row++, from += inner) {
    for (int64_t i = 0; i < N; i++) all[i] *= from[columns[i]];
  }
  std::copy(all, all + N, products);
}

template <class T>
void multiply(int64_t count, int64_t rows, int64_t inner, const int64_t* columns, const void* x, double* products) {
  if (count == 1) multiply<T, 1>(rows, inner, columns, x, products);
  else multiply<T, SIDE>(rows, inner, columns, x, products);
}

struct Less {
  template <class V>
  auto operator()(V a, V b) const { return a < b; }
};
struct Greater {
  template <class V>
  auto operator()(V a, V b) const { return a > b; }
};

// Replaces best[i] and at[i] by the extreme of column i and its first row, for rows from 1 up of `width` values with stride `inner`.
template <class T, class Better>
void extremes(int64_t rows, int64_t inner, int64_t width, const void* x, void* best, int32_t* __restrict at) {
  T* __restrict to = static_cast<T*>(best);
  for (int64_t row = 1; row < rows; row++) {
    const T* __restrict from = static_cast<const T*>(x) + row * inner;
    for (int64_t i = 0; i < width; i++) {
      const bool replaces = Better()(from[i], to[i]);
      to[i] = replaces ? from[i] : to[i];
      at[i] = replaces ? static_cast<int32_t>(row) : at[i];
    }
  }
}

template <class T, class Better>
int32_t position_in_run(int64_t count, const void* from) {
  constexpr int LANES = 8;
  using Vector = typename LanesOf<T, LANES>::type;
  const T* x = static_cast<const T*>(from);
  // All lanes begin with the first value: if that is NaN, nothing replaces it.
  Vector best = Vector{} + x[0];
  Ints<LANES> at{}, here{};
  for (int lane = 0; lane < LANES; lane++) here[lane] = lane;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES, here += LANES) {
    const Vector values = load<Vector>(x + i);
    const Ints<LANES> replaces = Better()(values, best);
    best = replaces ? values : best;
    at = replaces ? here : at;
  }
  T value = x[0];
  int32_t position = 0;
#pragma GCC unroll 1
  for (int lane = 0; lane < LANES; lane++) {
    const bool replaces = Better()(best[lane], value) | ((best[lane] == value) & (at[lane] < position));
    value = replaces ? best[lane] : value;
    position = replaces ? at[lane] : position;
  }
#pragma GCC unroll 1
  for (; i < count; i++) {
    if (!Better()(x[i], value)) continue;
    value = x[i];
    position = static_cast<int32_t>(i);
  }
  return position;
}

struct ArgExtreme {
  void (*columns)(int64_t rows, int64_t inner, int64_t width, const void* x, void* best, int32_t* at);
  int32_t (*run)(int64_t count, const void* x);
};
template <class T, class Better>
constexpr ArgExtreme arg_extreme_of{extremes<T, Better>, position_in_run<T, Better>};

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_fold(int op, int64_t outer, int64_t reduced, int64_t inner, const void* x, void* y) {
  switch (op) {
    case MAX_FLOATS: return fold(fold_of<float, Larger>, outer, reduced, inner, x, y);
    case MIN_FLOATS: return fold(fold_of<float, Smaller>, outer, reduced, inner, x, y);
    case MAX_INTS: return fold(fold_of<int32_t, Larger>, outer, reduced, inner, x, y);
    case MIN_INTS: return fold(fold_of<int32_t, Smaller>, outer, reduced, inner, x, y);
    // Unsigned, because signed overflow is undefined; it wraps as JavaScript's int32 does.
    case SUM_INTS: return fold(fold_of<uint32_t, Sum>, outer, reduced, inner, x, y);
    case ALL_BYTES: return fold(fold_of<uint8_t, All>, outer, reduced, inner, x, y);
    case ANY_BYTES: return fold(fold_of<uint8_t, Any>, outer, reduced, inner, x, y);
  }
  return fail("mlpconv_fold: expected a known operation, got %d", op);
}

int mlpconv_product(int ints, int64_t outer, int64_t reduced, int64_t inner, const void* x, void* y) {
  const int64_t outputs = outer * inner;
  for_ranges((outputs + SIDE - 1) / SIDE, SIDE * reduced, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin * SIDE; first < std::min(end * SIDE, outputs); first += SIDE) {
      const int64_t count = std::min(SIDE, outputs - first);
      int64_t columns[SIDE];
      double products[SIDE];
      for (int64_t i = 0; i < SIDE; i++) {
        const int64_t at = first + std::min(i, count - 1);
        columns[i] = at / inner * reduced * inner + at % inner;
      }
      if (ints) multiply<int32_t>(count, reduced, inner, columns, x, products);
      else multiply<float>(count, reduced, inner, columns, x, products);
      for (int64_t i = 0; i < count; i++) {
        if (ints) static_cast<int32_t*>(y)[first + i] = wrapped(products[i]);
        else static_cast<float*>(y)[first + i] = static_cast<float>(products[i]);
      }
    }
  });
  return 0;
}

int mlpconv_arg_extreme(int ints, int smallest, int64_t outer, int64_t reduced, int64_t inner, const void* x, int32_t* y) {
  const ArgExtreme find = ints ? (smallest ? arg_extreme_of<int32_t, Less> : arg_extreme_of<int32_t, Greater>)
                               : (smallest ? arg_extreme_of<float, Less> : arg_extreme_of<float, Greater>);
  for_columns(outer, reduced, inner, [&](int64_t o, int64_t first, int64_t width) {
    const char* start = static_cast<const char*>(x) + (o * reduced * inner + first) * int64_t{sizeof(float)};
    int32_t* at = y + o * inner + first;
    if (inner == 1) {
      *at = find.run(reduced, start);
      return;
    }
    alignas(64) char best[COLUMNS * int64_t{sizeof(float)}];
    std::memcpy(best, start, width * int64_t{sizeof(float)});
    std::fill(at, at + width, 0);
    find.columns(reduced, inner, width, start, best, at);
  });
  return 0;
}
