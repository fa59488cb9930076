// Sine, cosine, tangent and arctangent without branches, so that loops over them vectorise: polynomials of Cephes's sinf, cosf and atanf (2 ulp).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace mlpconv {

// Largest |x| of the functions below: beyond it, x - n pi/2 is inexact.
constexpr float LARGEST_ANGLE = 3200;

struct SineCosine {
  float sine, cosine;
};

inline SineCosine sine_cosine(float x) {
  constexpr float ROUND = 12582912.0f;  // as in exponential.h
  const float shifted = x * 0.636619772f + ROUND;
  const float n = shifted - ROUND;
  const uint32_t quadrant = std::bit_cast<uint32_t>(shifted);
  // pi/2 in three parts, whose products with n are exact, the last one aside.
  const float r = ((x - n * 1.5703125f) - n * 4.837512969970703125e-4f) - n * 7.54978995489188216e-8f;
  const float z = r * r;
  const float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  const float c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  const bool swapped = quadrant & 1;
  // Signs from the quadrant: the sine's of its second bit, the cosine's of the second bit of the next one.
  const auto with_sign = [](float value, uint32_t quadrant) {
    return std::bit_cast<float>(std::bit_cast<uint32_t>(value) ^ (quadrant & 2) << 30);
  };
  return {with_sign(swapped ? c : s, quadrant), with_sign(swapped ? s : c, quadrant + 1)};
}

// For any x; NaN passes through.
inline float arctangent(float x) {
  const float size = std::abs(x);
  const bool large = size > 2.414213562f, middle = size > 0.4142135624f;
  const float start = large ? 1.57079632679f : middle ? 0.78539816340f : 0.0f;
  const float t = (large ? -1.0f : middle ? size - 1.0f : size) / (large ? size : middle ? size + 1.0f : 1.0f);
  const float z = t * t;
  const float p = ((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z - 3.33329491539e-1f;
  return std::copysign(start + (p * z * t + t), x);
}

// The angle of the point (x, y), by C's rules for zeros and infinities.
inline float arctangent_of_point(float y, float x) {
  constexpr float PI = 3.14159265359f;
  const float up = std::abs(y), right = std::abs(x);
  const bool steep = up > right;
  const float low = steep ? right : up, high = steep ? up : right;
  // 0/0 counts as 0, infinity/infinity as 1.
  const float quotient = high == 0 ? 0.0f : low == high ? 1.0f : low / high;
  const float acute = arctangent(quotient);
  const float half = steep ? 0.5f * PI - acute : acute;
  const float angle = std::bit_cast<int32_t>(x) < 0 ? PI - half : half;
  return x != x || y != y ? x + y : std::copysign(angle, y);
}

}  // namespace mlpconv
