// Elementwise kernels: one templated loop for an operand, one for two with broadcasting; the compiler vectorises both for each operation.
// They run at memory speed, so there is nothing to block: what counts is that nothing is read twice.
#include <cmath>
#include <cstring>

#include "exponential.h"
#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

template <class Op>
int unary(int64_t count, const float* x, float* y, Op op) {
  for_ranges(count, 1, [&](int64_t begin, int64_t end) {
    const float* __restrict from = x;
    float* __restrict to = y;
    for (int64_t i = begin; i < end; i++) to[i] = op(from[i]);
  });
  return 0;
}

// One run of the innermost axis; A and B: whether the operand moves along it.
template <bool A, bool B, class Op>
void run(int64_t count, const float* __restrict a, const float* __restrict b, float* __restrict y, Op op) {
  for (int64_t i = 0; i < count; i++) y[i] = op(a[A ? i : 0], b[B ? i : 0]);
}

struct Broadcast {
  const int32_t *shape, *a_strides, *b_strides;
};

template <bool A, bool B, class Op>
void rows(const Broadcast& s, const float* a, const float* b, float* y, Op op) {
  const int64_t inner = s.shape[3];
  const int64_t count = int64_t{s.shape[0]} * s.shape[1] * s.shape[2];
  if (count == 1) {
    for_ranges(inner, 1, [&](int64_t begin, int64_t end) {
      run<A, B>(end - begin, a + (A ? begin : 0), b + (B ? begin : 0), y + begin, op);
    });
    return;
  }
  for_ranges(count, inner, [&](int64_t begin, int64_t end) {
    int64_t k = begin % s.shape[2], j = begin / s.shape[2] % s.shape[1], i = begin / s.shape[2] / s.shape[1];
    for (int64_t row = begin; row < end; row++) {
      const float* left = a + i * s.a_strides[0] + j * s.a_strides[1] + k * s.a_strides[2];
      const float* right = b + i * s.b_strides[0] + j * s.b_strides[1] + k * s.b_strides[2];
      run<A, B>(inner, left, right, y + row * inner, op);
      if (++k < s.shape[2]) continue;
      k = 0;
      if (++j < s.shape[1]) continue;
      j = 0;
      i++;
    }
  });
}

template <class Op>
int binary(const Broadcast& s, const float* a, const float* b, float* y, Op op) {
  if (s.a_strides[3] && s.b_strides[3]) rows<true, true>(s, a, b, y, op);
  else if (s.a_strides[3]) rows<true, false>(s, a, b, y, op);
  else if (s.b_strides[3]) rows<false, true>(s, a, b, y, op);
  else rows<false, false>(s, a, b, y, op);
  return 0;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_unary(int op, int64_t count, const float* x, float alpha, float* y) {
  switch (op) {
    case RELU: return unary(count, x, y, [](float v) { return v < 0 ? 0.0f : v; });
    case SIGMOID: return unary(count, x, y, [](float v) { return 1.0f / (1.0f + exponential(-v)); });
    case STEP: return unary(count, x, y, [alpha](float v) { return v > 0 ? 1.0f : v <= 0 ? alpha : v; });
    case NEGATE: return unary(count, x, y, [](float v) { return -v; });
    case SQUARE: return unary(count, x, y, [](float v) { return v * v; });
    case SQRT: return unary(count, x, y, [](float v) { return std::sqrt(v); });
    case EXP: return unary(count, x, y, exponential);
    case FLOOR: return unary(count, x, y, [](float v) { return std::floor(v); });
    case TANH: return unary(count, x, y, [](float v) { return std::tanh(v); });
  }
  return fail("mlpconv_unary: expected a known operation, got %d", op);
}

int mlpconv_binary(int op, const int32_t* shape, const int32_t* a_strides, const int32_t* b_strides, const float* a,
                   const float* b, float* y) {
  const Broadcast s{shape, a_strides, b_strides};
  switch (op) {
    case ADD: return binary(s, a, b, y, [](float v, float w) { return v + w; });
    case SUBTRACT: return binary(s, a, b, y, [](float v, float w) { return v - w; });
    case MULTIPLY: return binary(s, a, b, y, [](float v, float w) { return v * w; });
    case DIVIDE: return binary(s, a, b, y, [](float v, float w) { return v / w; });
    // Not a number if either is not.
    case MAXIMUM: return binary(s, a, b, y, [](float v, float w) { return v > w ? v : w >= v ? w : v + w; });
    case MINIMUM: return binary(s, a, b, y, [](float v, float w) { return v < w ? v : w <= v ? w : v + w; });
    case SIGMOID_GRAD: return binary(s, a, b, y, [](float dy, float v) { return dy * (v * (1.0f - v)); });
  }
  return fail("mlpconv_binary: expected a known operation, got %d", op);
}

int mlpconv_fill(int64_t count, float value, float* y) {
  for_ranges(count, 1, [&](int64_t begin, int64_t end) { std::fill(y + begin, y + end, value); });
  return 0;
}

int mlpconv_cast_int32(int64_t count, const int32_t* x, float* y) {
  for_ranges(count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) y[i] = static_cast<float>(x[i]);
  });
  return 0;
}
