// e^x, e^x - 1 and the hyperbolic functions without branches, so that loops over them vectorise: x = n ln 2 + r, |r| <= ln 2 / 2, a polynomial
// for e^r (the best of its degree: e^r - 1 is off by 1.4e-8 of itself, and by rounding), and 2^n from the bits of its exponent. NaN passes through.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mlpconv {

// e^x = (1 + rest) 2^n; n is arbitrary for NaN.
struct Exponent {
  float rest;
  int32_t n;
};

inline Exponent split_exponent(float x) {
  // Adding 1.5 * 2^23 rounds to an integer, which is then in the lowest bits.
  constexpr float ROUND = 12582912.0f;
  const float shifted = x * 1.44269504f + ROUND;
  const float n = shifted - ROUND;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.3882510e-3f;
  p = p * r + 8.3665801e-3f;
  p = p * r + 4.1667201e-2f;
  p = p * r + 1.6666543e-1f;
  p = p * r + 4.9999997e-1f;
  return {p * r * r + r, static_cast<int32_t>(std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(ROUND))};
}

// For n from -126 to 127; infinity for 128.
inline float power_of_2(int32_t n) { return std::bit_cast<float>((static_cast<uint32_t>(n) + 127) << 23); }

inline float exponential(float x) {
  constexpr float LARGEST = 88.7228394f, SMALLEST = -103.972084f;
  float c = x > LARGEST ? LARGEST : x;
  c = c < SMALLEST ? SMALLEST : c;
  const auto [rest, n] = split_exponent(c);
  // Two factors, because n reaches from -150 to 128.
  const int32_t half = n >> 1;
  const float value = (rest + 1.0f) * power_of_2(half) * power_of_2(n - half);
  return x > LARGEST ? std::numeric_limits<float>::infinity() : value;
}

// e^x for results that are added to 1: it is infinite from 88.4 on, and at least e^-87.
inline float short_exponential(float x) {
  float c = x > 89 ? 89 : x;
  c = c < -87 ? -87 : c;
  const auto [rest, n] = split_exponent(c);
  return (rest + 1.0f) * power_of_2(n);
}

// e^x - 1 for x up to 80, also near 0, where the difference would have few digits.
inline float exponential_minus_1(float x) {
  const float c = x < -30 ? -30 : x;  // below, the result is -1
  const auto [rest, n] = split_exponent(c);
  const float scale = power_of_2(n);
  return rest * scale + (scale - 1.0f);
}

inline float hyperbolic_tangent(float x) {
  const float size = std::abs(x);
  const float e = exponential_minus_1(2.0f * (size > 20 ? 20 : size));  // beyond, the result is 1
  return std::copysign(e / (e + 2.0f), x);
}

// 2 sinh(x / 2) cosh(x / 2), which overflows no earlier than the result.
inline float hyperbolic_sine(float x) {
  const float size = std::abs(x);
  const float e = exponential_minus_1(0.5f * (size > 128 ? 128 : size));
  const float inverse = 1.0f / (e + 1.0f);
  return std::copysign(0.5f * (e + e * inverse) * (e + 1.0f + inverse), x);
}

inline float hyperbolic_cosine(float x) {
  const float root = exponential(0.5f * std::abs(x));
  return 0.5f * root * root + 0.5f / (root * root);
}

// e^x for x <= 0: results below the smallest normal number are 0. NaN passes through.
inline float exponential_of_negative(float x) {
  constexpr float SMALLEST = -87.33654f;
  const auto [rest, n] = split_exponent(x < SMALLEST ? SMALLEST : x);
  const float value = (rest + 1.0f) * power_of_2(n);
  return x < SMALLEST ? 0.0f : value;
}

}  // namespace mlpconv
