// ln x, ln(1 + x) and the inverse hyperbolic functions without branches, so that loops over them vectorise: x = m 2^k, m from sqrt(1/2) to sqrt(2),
// and FreeBSD's polynomial for ln m (e_logf.c: 1 ulp). NaN passes through.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mlpconv {

// ln x + correction, for normal positive x.
inline float logarithm_of_normal(float x, float correction) {
  constexpr uint32_t ROOT = 0x3f3504f3;  // sqrt(1/2)
  const uint32_t bits = std::bit_cast<uint32_t>(x) + (0x3f800000 - ROOT);
  const float k = static_cast<float>(static_cast<int32_t>(bits >> 23) - 127);
  const float f = std::bit_cast<float>((bits & 0x007fffff) + ROOT) - 1.0f;
  const float s = f / (2.0f + f), z = s * s, w = z * z;
  const float even = w * (0.40000972152f + w * 0.24279078841f), odd = z * (0.66666662693f + w * 0.28498786688f);
  const float half = 0.5f * f * f;
  return s * (half + even + odd) + (k * 9.0580006145e-06f + correction) - half + f + k * 6.9313812256e-01f;
}

// What a logarithm is where its argument is not positive and finite.
inline float logarithm_or_special(float x, float logarithm) {
  constexpr float INF = std::numeric_limits<float>::infinity();
  const float special = x > 0 ? x : x == 0 ? -INF : std::numeric_limits<float>::quiet_NaN();
  return x > 0 && x < INF ? logarithm : special;
}

inline float logarithm(float x) {
  // Subnormal numbers are multiplied by 2^23.
  const bool subnormal = x < std::numeric_limits<float>::min();
  return logarithm_or_special(x, logarithm_of_normal(subnormal ? x * 8388608.0f : x, subnormal ? -15.9423852f : 0.0f));
}

inline float logarithm_1p(float x) {
  const float sum = 1.0f + x;
  // What the sum lost by rounding.
  const float lost = x > 1 ? 1.0f - (sum - x) : x - (sum - 1.0f);
  return logarithm_or_special(sum, logarithm_of_normal(sum, lost / sum));
}

inline float inverse_hyperbolic_sine(float x) {
  const float size = std::abs(x), square = size * size;
  const bool large = size > 1e8f;  // there it is ln(2 |x|)
  const float argument = large ? size : size + square / (1.0f + std::sqrt(square + 1.0f));
  return std::copysign(logarithm_1p(argument) + (large ? 0.69314718f : 0.0f), x);
}

inline float inverse_hyperbolic_cosine(float x) {
  const float t = x - 1.0f;
  const bool large = t > 1e8f;
  const float result = logarithm_1p(large ? t : t + std::sqrt(2.0f * t + t * t)) + (large ? 0.69314718f : 0.0f);
  return x < 1 ? std::numeric_limits<float>::quiet_NaN() : result;
}

inline float inverse_hyperbolic_tangent(float x) {
  const float size = std::abs(x);
  return std::copysign(0.5f * logarithm_1p(2.0f * size / (1.0f - size)), x);
}

}  // namespace mlpconv
