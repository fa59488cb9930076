// Elementwise kernels with one operand: one loop for each operation and type, which the compiler vectorises where the operation calls no
// library function. Most are limited by memory bandwidth.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "exponential.h"
#include "kernels.h"
#include "logarithm.h"
#include "ranges.h"
#include "trigonometry.h"

namespace mlpconv {
namespace {

struct Parameters {
  double alpha, beta;
};

// A loop over values of type T with results of type U.
template <class T, class U>
using Loop = void (*)(int64_t count, const T* x, Parameters parameters, U* y);

// The nearest value of type T; 0 for NaN in integers, whose conversion is undefined.
template <class T>
T nearest(double value) {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(value);
  constexpr double LOWEST = std::numeric_limits<T>::lowest(), LARGEST = std::numeric_limits<T>::max();
  return value != value ? T{0} : static_cast<T>(std::clamp(value, LOWEST, LARGEST));
}

template <class T, class U, class Op>
constexpr Loop<T, U> each(Op) {
  return [](int64_t count, const T* __restrict x, Parameters parameters, U* __restrict y) {
    const T alpha = nearest<T>(parameters.alpha), beta = nearest<T>(parameters.beta);
    MLPCONV_INTERLEAVED
    for (int64_t i = 0; i < count; i++) {
      if constexpr (std::is_invocable_v<Op, T>) y[i] = Op{}(x[i]);
      else if constexpr (std::is_invocable_v<Op, T, T>) y[i] = Op{}(x[i], alpha);
      else y[i] = Op{}(x[i], alpha, beta);
    }
  };
}

template <class Op>
constexpr Loop<float, float> floats(Op op) { return each<float, float>(op); }
// For functions of an angle: blocks with a larger one than `op` is right for use the library's function.
template <class Op, class Library>
constexpr Loop<float, float> angles(Op, Library) {
  return [](int64_t count, const float* __restrict x, Parameters, float* __restrict y) {
    constexpr int64_t BLOCK = 64;
    for (int64_t first = 0; first < count; first += BLOCK) {
      const int64_t last = std::min(first + BLOCK, count);
      int32_t fit = 1;
      for (int64_t i = first; i < last; i++) fit &= std::abs(x[i]) < LARGEST_ANGLE;
      if (fit) {
        for (int64_t i = first; i < last; i++) y[i] = Op{}(x[i]);
      } else {
        for (int64_t i = first; i < last; i++) y[i] = Library{}(x[i]);
      }
    }
  };
}
template <class Op>
constexpr Loop<float, uint8_t> tests(Op op) { return each<float, uint8_t>(op); }
template <class Op>
constexpr Loop<uint32_t, uint32_t> words(Op op) { return each<uint32_t, uint32_t>(op); }
template <class Op>
constexpr Loop<int32_t, int32_t> integers(Op op) { return each<int32_t, int32_t>(op); }

template <class T, class U>
int compute(Loop<T, U> loop, int64_t count, const void* x, Parameters parameters, void* y) {
  for_ranges(count, 1, [&](int64_t begin, int64_t end) {
    loop(end - begin, static_cast<const T*>(x) + begin, parameters, static_cast<U*>(y) + begin);
  });
  return 0;
}

constexpr float SELU_ALPHA = 1.7580993408473768599f, SELU_SCALE = 1.0507009873554804934f;

// NaN passes through all of these.
Loop<float, float> float_loop(int op) {
  switch (op) {
    case RELU: return floats([](float v) { return v < 0 ? 0.0f : v; });
    case SIGMOID: return floats([](float v) { return 1.0f / (1.0f + short_exponential(-v)); });
    case STEP: return floats([](float v, float alpha) { return v > 0 ? 1.0f : v <= 0 ? alpha : v; });
    case NEGATE: return floats([](float v) { return -v; });
    case SQUARE: return floats([](float v) { return v * v; });
    case SQRT: return floats([](float v) { return std::sqrt(v); });
    case EXP: return floats([](float v) { return exponential(v); });
    case FLOOR: return floats([](float v) { return std::floor(v); });
    case TANH: return floats([](float v) { return hyperbolic_tangent(v); });
    case ABS: return floats([](float v) { return std::abs(v); });
    case CEIL: return floats([](float v) { return std::ceil(v); });
    case CLIP: return floats([](float v, float low, float high) { return v > high ? high : v < low ? low : v; });
    case RELU6: return floats([](float v) { return v < 0 ? 0.0f : v > 6 ? 6.0f : v; });
    case LEAKY_RELU: return floats([](float v, float alpha) { return v < 0 ? alpha * v : v; });
    case ELU: return floats([](float v) { return v >= 0 ? v : exponential_minus_1(v > 0 ? 0 : v); });
    case SELU: return floats([](float v) { return v >= 0 ? SELU_SCALE * v : SELU_ALPHA * exponential_minus_1(v > 0 ? 0 : v); });
    case RECIPROCAL: return floats([](float v) { return 1.0f / v; });
    case RSQRT: return floats([](float v) { return 1.0f / std::sqrt(v); });
    case ROUND: return floats([](float v) { return std::nearbyint(v); });  // half to even
    case SIGN: return floats([](float v) { return v < 0 ? -1.0f : v > 0 ? 1.0f : 0.0f; });  // 0 for NaN, as tfjs has it
    case LOG: return floats([](float v) { return logarithm(v); });
    case LOG1P: return floats([](float v) { return logarithm_1p(v); });
    case EXPM1: return floats([](float v) { return v > 64 ? exponential(v) : exponential_minus_1(v > 64 ? 64 : v); });
    case SOFTPLUS: return floats([](float v) { return (v > 0 ? v : 0.0f) + logarithm_1p(exponential(-std::abs(v))); });
    case ERF: return floats([](float v) { return std::erf(v); });
    case SIN: return angles([](float v) { return sine_cosine(v).sine; }, [](float v) { return std::sin(v); });
    case COS: return angles([](float v) { return sine_cosine(v).cosine; }, [](float v) { return std::cos(v); });
    case TAN:
      return angles(
          [](float v) {
            const auto [sine, cosine] = sine_cosine(v);
            return sine / cosine;
          },
          [](float v) { return std::tan(v); });
    case SINH: return floats([](float v) { return hyperbolic_sine(v); });
    case COSH: return floats([](float v) { return hyperbolic_cosine(v); });
    case ASIN: return floats([](float v) { return std::asin(v); });
    case ACOS: return floats([](float v) { return std::acos(v); });
    case ATAN: return floats([](float v) { return arctangent(v); });
    case ASINH: return floats([](float v) { return inverse_hyperbolic_sine(v); });
    case ACOSH: return floats([](float v) { return inverse_hyperbolic_cosine(v); });
    case ATANH: return floats([](float v) { return inverse_hyperbolic_tangent(v); });
  }
  return nullptr;
}

Loop<float, uint8_t> test_loop(int op) {
  switch (op) {
    case IS_NAN: return tests([](float v) { return v != v; });
    case IS_INF: return tests([](float v) { return std::abs(v) == INFINITY; });
    case IS_FINITE: return tests([](float v) { return std::abs(v) < INFINITY; });
  }
  return nullptr;
}

// On words, so that the smallest integer wraps around.
Loop<uint32_t, uint32_t> word_loop(int op) {
  switch (op) {
    case NEGATE: return words([](uint32_t v) { return 0 - v; });
    case SQUARE: return words([](uint32_t v) { return v * v; });
    case ABS: return words([](uint32_t v) { return static_cast<int32_t>(v) < 0 ? 0 - v : v; });
  }
  return nullptr;
}

Loop<int32_t, int32_t> int_loop(int op) {
  switch (op) {
    case RELU: return integers([](int32_t v) { return v < 0 ? 0 : v; });
    case RELU6: return integers([](int32_t v) { return v < 0 ? 0 : v > 6 ? 6 : v; });
    case SIGN: return integers([](int32_t v) { return (v > 0) - (v < 0); });
    case CLIP: return integers([](int32_t v, int32_t low, int32_t high) { return v > high ? high : v < low ? low : v; });
  }
  return nullptr;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_unary(int op, int type, int64_t count, const void* x, double alpha, double beta, void* y) {
  const Parameters parameters{alpha, beta};
  if (type == FLOAT32) {
    if (const auto loop = float_loop(op)) return compute(loop, count, x, parameters, y);
    if (const auto loop = test_loop(op)) return compute(loop, count, x, parameters, y);
  } else if (type == INT32) {
    if (const auto loop = word_loop(op)) return compute(loop, count, x, parameters, y);
    if (const auto loop = int_loop(op)) return compute(loop, count, x, parameters, y);
  } else if (type == BOOL && op == NOT) {
    return compute(each<uint8_t, uint8_t>([](uint8_t v) { return !v; }), count, x, parameters, y);
  }
  return fail("mlpconv_unary: expected a known operation on a known type, got %d on %d", op, type);
}
