// Elementwise kernels with two operands: one loop for each operation and type, over rows of both operands. What an operand repeats is written out in
// a buffer that stays in the L1 cache, so that there is no loop for each way of broadcasting.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels.h"
#include "ranges.h"
#include "to-int.h"
#include "trigonometry.h"

namespace mlpconv {
namespace {

using Loop = void (*)(int64_t count, const void* a, const void* b, void* y);

struct Operation {
  Loop loop;
  int64_t in_size, out_size;  // bytes of a value
  Loop with_one = nullptr;    // optional: b is one value
};

// ONE: b is one value.
template <bool ONE, class T, class U, class Op>
void loop(int64_t count, const void* a, const void* b, void* y) {
  const T *__restrict left = static_cast<const T*>(a), *__restrict right = static_cast<const T*>(b);
  U* __restrict to = static_cast<U*>(y);
  MLPCONV_INTERLEAVED
  for (int64_t i = 0; i < count; i++) to[i] = Op{}(left[i], right[ONE ? 0 : i]);
}

template <class T, class U, class Op>
constexpr Operation each(Op) { return {loop<false, T, U, Op>, sizeof(T), sizeof(U)}; }

// A row's values of one of the operands: contiguous, or `period` values again and again.
class Operand {
 public:
  static constexpr int64_t REPEATED = 1024;

  // `most` is the number of values that are asked for at a time, a multiple of the period.
  Operand(const void* values, const int32_t* strides, int64_t size, int64_t period, int64_t most)
      : values_(static_cast<const char*>(values)), strides_(strides), size_(size), period_(period), most_(most) {}

  void go_to(int64_t i, int64_t j, int64_t k) {
    const char* row = values_ + (i * strides_[0] + j * strides_[1] + k * strides_[2]) * size_;
    if (row == row_) return;
    row_ = row;
    if (period_ == 0) return;
    if (period_ == 1 && size_ == sizeof(uint32_t)) {
      std::fill_n(reinterpret_cast<uint32_t*>(buffer_), most_, *reinterpret_cast<const uint32_t*>(row));
      return;
    }
    const int64_t end = most_ * size_;
    std::memcpy(buffer_, row, period_ * size_);
    for (int64_t done = period_ * size_; done < end; done *= 2) std::memcpy(buffer_ + done, buffer_, std::min(done, end - done));
  }

  // At most `most` values from there on.
  const char* at(int64_t place) const { return period_ == 0 ? row_ + place * size_ : buffer_; }

 private:
  const char* values_;
  const int32_t* strides_;
  int64_t size_, period_, most_;
  const char* row_ = nullptr;
  alignas(64) char buffer_[REPEATED * sizeof(uint32_t)];
};

// How rows are passed to a loop: the number of values of a row, the periods of both operands (0: contiguous), and the number of values at a
// time, a multiple of both periods.
struct Rows {
  int64_t length, a_period, b_period, most;
};

// Short rows that an operand repeats are joined with those that follow along axis 2, if the other operand goes on or repeats too.
bool join_rows(const BroadcastShape& s, Rows& rows) {
  const int64_t inner = s.sizes[3];
  if (inner > 64 || s.sizes[2] == 1) return false;
  const auto goes_on = [&](const int32_t* strides) { return strides[3] != 0 && strides[2] == inner; };
  const auto repeats = [](const int32_t* strides) { return strides[2] == 0; };
  const auto period = [&](const int32_t* strides) { return goes_on(strides) ? 0 : strides[3] != 0 ? inner : 1; };
  for (const int32_t* strides : {s.a_strides, s.b_strides}) {
    if (!goes_on(strides) && !repeats(strides)) return false;
  }
  rows = {inner * s.sizes[2], period(s.a_strides), period(s.b_strides), Operand::REPEATED / inner * inner};
  return true;
}

int compute(const Operation& op, const BroadcastShape& s, const void* a, const void* b, void* y) {
  Rows rows{s.sizes[3], s.a_strides[3] == 0, s.b_strides[3] == 0, Operand::REPEATED};
  const int64_t along_2 = join_rows(s, rows) ? 1 : s.sizes[2];
  const bool one = op.with_one && rows.a_period == 0 && rows.b_period == 1;
  if (one) rows.b_period = 0;
  const bool repeated = rows.a_period != 0 || rows.b_period != 0;
  const int64_t count = int64_t{s.sizes[0]} * s.sizes[1] * along_2;
  char* to = static_cast<char*>(y);
  const auto part = [&](const Operand& left, const Operand& right, int64_t begin, int64_t end, char* row) {
    if (one) return op.with_one(end - begin, left.at(begin), right.at(0), row + begin * op.out_size);
    const int64_t most = repeated ? rows.most : end - begin;
    for (int64_t i = begin; i < end; i += most) op.loop(std::min(most, end - i), left.at(i), right.at(i), row + i * op.out_size);
  };
  const auto operand = [&](const void* values, const int32_t* strides, int64_t period) {
    return Operand(values, strides, op.in_size, period, std::min(rows.most, rows.length));
  };
  if (count == 1) {
    // Divided between whole periods.
    const int64_t unit = repeated ? rows.most : 1;
    for_ranges((rows.length + unit - 1) / unit, unit, [&](int64_t begin, int64_t end) {
      Operand left = operand(a, s.a_strides, rows.a_period), right = operand(b, s.b_strides, rows.b_period);
      left.go_to(0, 0, 0), right.go_to(0, 0, 0);
      part(left, right, begin * unit, std::min(end * unit, rows.length), to);
    });
    return 0;
  }
  for_ranges(count, rows.length, [&](int64_t begin, int64_t end) {
    Operand left = operand(a, s.a_strides, rows.a_period), right = operand(b, s.b_strides, rows.b_period);
    int64_t k = begin % along_2, j = begin / along_2 % s.sizes[1], i = begin / along_2 / s.sizes[1];
    for (int64_t row = begin; row < end; row++) {
      left.go_to(i, j, k), right.go_to(i, j, k);
      part(left, right, 0, rows.length, to + row * rows.length * op.out_size);
      if (++k < along_2) continue;
      k = 0;
      if (++j < s.sizes[1]) continue;
      j = 0;
      i++;
    }
  });
  return 0;
}

// Rounded down and stored as int32; the quotient of two floats or int32 is exact enough in double.
template <class T>
void floor_divide(int64_t count, const void* a, const void* b, void* y) {
  constexpr int64_t BLOCK = 64;
  const T *left = static_cast<const T*>(a), *right = static_cast<const T*>(b);
  for (int64_t first = 0; first < count; first += BLOCK) {
    const int64_t size = std::min(BLOCK, count - first);
    double quotients[BLOCK];
    for (int64_t i = 0; i < size; i++) quotients[i] = std::floor(double(left[first + i]) / double(right[first + i]));
    to_ints(size, quotients, static_cast<int32_t*>(y) + first);
  }
}

// The remainder with the sign of b, by tfjs's rule.
double with_sign_of(double b, double a, double rest) {
  if ((a < 0 && b < 0) || (a >= 0 && b >= 0)) return rest;
  return std::fmod(rest + b, b);
}

void modulo(int64_t count, const void* a, const void* b, void* y) {
  constexpr int64_t BLOCK = 64;
  const float *left = static_cast<const float*>(a), *right = static_cast<const float*>(b);
  float* to = static_cast<float*>(y);
  for (int64_t first = 0; first < count; first += BLOCK) {
    const int64_t last = std::min(first + BLOCK, count);
    // Below 2^28 a quotient's rounding cannot reach the next integer, and the product is exact.
    int32_t fit = 1;
    for (int64_t i = first; i < last; i++) fit &= std::abs(left[i] / right[i]) < 268435456.0f && std::abs(right[i]) < INFINITY;
    for (int64_t i = first; fit && i < last; i++) {
      const double v = left[i], w = right[i], rest = v - w * std::trunc(v / w), sum = rest + w;
      const bool same = (v < 0) == (w < 0);
      to[i] = static_cast<float>(same ? rest : sum == w ? 0.0 : sum);
    }
    for (int64_t i = first; !fit && i < last; i++) {
      to[i] = static_cast<float>(with_sign_of(right[i], left[i], std::fmod(double{left[i]}, double{right[i]})));
    }
  }
}

inline int32_t modulo(int32_t v, int32_t w) {
  // In double, which has vectors; 0 for a divisor of 0.
  const double a = v, b = w == 0 ? 1 : w, rest = a - b * std::trunc(a / b);
  return static_cast<int32_t>((v < 0) == (b < 0) || rest == 0 ? rest : rest + b);
}

// By JavaScript's rule, which differs from C's for a base of 1 or -1.
inline float power(float v, float w) {
  return std::abs(v) == 1 && !std::isfinite(w) ? std::numeric_limits<float>::quiet_NaN() : std::pow(v, w);
}

template <class Op>
constexpr Operation floats(Op op) { return each<float, float>(op); }
// Operations that are often computed with a scalar.
template <class Op>
constexpr Operation floats_or_one(Op) {
  return {loop<false, float, float, Op>, sizeof(float), sizeof(float), loop<true, float, float, Op>};
}
template <class Op>
constexpr Operation integers(Op op) { return each<int32_t, int32_t>(op); }
// Unsigned, so that overflow wraps around.
template <class Op>
constexpr Operation words(Op op) { return each<uint32_t, uint32_t>(op); }

template <class T>
Operation comparison(int op) {
  switch (op) {
    case EQUAL: return each<T, uint8_t>([](T v, T w) { return v == w; });
    case NOT_EQUAL: return each<T, uint8_t>([](T v, T w) { return v != w; });
    case GREATER: return each<T, uint8_t>([](T v, T w) { return v > w; });
    case GREATER_EQUAL: return each<T, uint8_t>([](T v, T w) { return v >= w; });
    case LESS: return each<T, uint8_t>([](T v, T w) { return v < w; });
    case LESS_EQUAL: return each<T, uint8_t>([](T v, T w) { return v <= w; });
  }
  return {};
}

Operation float_operation(int op) {
  switch (op) {
    case ADD: return floats_or_one([](float v, float w) { return v + w; });
    case SUBTRACT: return floats_or_one([](float v, float w) { return v - w; });
    case MULTIPLY: return floats_or_one([](float v, float w) { return v * w; });
    case DIVIDE: return floats_or_one([](float v, float w) { return v / w; });
    // NaN if either operand is NaN.
    case MAXIMUM: return floats_or_one([](float v, float w) { return v > w ? v : w >= v ? w : v + w; });
    case MINIMUM: return floats_or_one([](float v, float w) { return v < w ? v : w <= v ? w : v + w; });
    case SIGMOID_GRAD: return floats([](float dy, float v) { return dy * (v * (1.0f - v)); });
    case ELU_GRAD: return floats([](float dy, float v) { return v >= 0 ? dy : dy * (v + 1.0f); });
    case SQUARED_DIFFERENCE: return floats([](float v, float w) { return (v - w) * (v - w); });
    case POWER: return floats([](float v, float w) { return power(v, w); });
    case FLOOR_DIVIDE: return {floor_divide<float>, sizeof(float), sizeof(int32_t)};
    case MODULO: return {modulo, sizeof(float), sizeof(float)};
    case PRELU: return floats([](float v, float alpha) { return v < 0 ? alpha * v : v; });
    case ATAN2: return floats([](float v, float w) { return arctangent_of_point(v, w); });
  }
  return comparison<float>(op);
}

Operation int_operation(int op) {
  switch (op) {
    case ADD: return words([](uint32_t v, uint32_t w) { return v + w; });
    case SUBTRACT: return words([](uint32_t v, uint32_t w) { return v - w; });
    case MULTIPLY: return words([](uint32_t v, uint32_t w) { return v * w; });
    case MAXIMUM: return integers([](int32_t v, int32_t w) { return std::max(v, w); });
    case MINIMUM: return integers([](int32_t v, int32_t w) { return std::min(v, w); });
    case SQUARED_DIFFERENCE: return words([](uint32_t v, uint32_t w) { return (v - w) * (v - w); });
    case FLOOR_DIVIDE: return {floor_divide<int32_t>, sizeof(int32_t), sizeof(int32_t)};
    case MODULO: return integers([](int32_t v, int32_t w) { return modulo(v, w); });
    case BITWISE_AND: return words([](uint32_t v, uint32_t w) { return v & w; });
  }
  return comparison<int32_t>(op);
}

Operation bool_operation(int op) {
  switch (op) {
    case LOGICAL_AND: return each<uint8_t, uint8_t>([](uint8_t v, uint8_t w) { return v != 0 && w != 0; });
    case LOGICAL_OR: return each<uint8_t, uint8_t>([](uint8_t v, uint8_t w) { return v != 0 || w != 0; });
  }
  return comparison<uint8_t>(op);
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_binary(int op, int type, const BroadcastShape* shape, const void* a, const void* b, void* y) {
  const Operation operation = type == FLOAT32 ? float_operation(op)
                              : type == INT32 ? int_operation(op)
                              : type == BOOL  ? bool_operation(op)
                                              : Operation{};
  if (!operation.loop) return fail("mlpconv_binary: expected a known operation on a known type, got %d on %d", op, type);
  return compute(operation, *shape, a, b, y);
}
