// e^x without branches, so that loops over it vectorise: x = n ln 2 + r, |r| <= ln 2 / 2, a polynomial for e^r (Cephes's expf: 2 ulp),
// and 2^n from the bits of its exponent, in two factors because n reaches 128.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace mlpconv {

inline float exponential(float x) {
  constexpr float LARGEST = 88.7228394f, SMALLEST = -103.972084f;
  // Written so that NaN passes through.
  float c = x > LARGEST ? LARGEST : x;
  c = c < SMALLEST ? SMALLEST : c;
  // Adding 1.5 * 2^23 rounds to a whole number.
  constexpr float ROUND = 12582912.0f;
  const float n = (c * 1.44269504f + ROUND) - ROUND;
  float r = c - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float y = p * r * r + r + 1.0f;
  // Clamped once more for NaN, whose conversion to an integer is undefined.
  const int32_t exponent = static_cast<int32_t>(n > -200.0f ? n : -200.0f);
  const int32_t half = exponent >> 1;
  const float low = std::bit_cast<float>((half + 127) << 23);
  const float high = std::bit_cast<float>((exponent - half + 127) << 23);
  const float value = y * low * high;
  return x > LARGEST ? std::numeric_limits<float>::infinity() : value;
}

}  // namespace mlpconv
