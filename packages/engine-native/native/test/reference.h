// Convolutions and matrix products as their definitions say, in double precision: what the fast ones are compared with.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "../api.h"

using Doubles = std::vector<double>;

// Calls body(index in x, index in the filter, index in y) for every product of a convolution.
template <class Body>
void for_products(const ConvShape& s, const Body& body) {
  for (int b = 0; b < s.batch; b++)
    for (int oy = 0; oy < s.out_height; oy++)
      for (int ox = 0; ox < s.out_width; ox++)
        for (int ky = 0; ky < s.kernel_height; ky++)
          for (int kx = 0; kx < s.kernel_width; kx++) {
            const int iy = oy * s.stride_height + ky - s.pad_top, ix = ox * s.stride_width + kx - s.pad_left;
            if (iy < 0 || ix < 0 || iy >= s.in_height || ix >= s.in_width) continue;
            const int64_t x = ((int64_t{b} * s.in_height + iy) * s.in_width + ix) * s.in_channels;
            const int64_t y = ((int64_t{b} * s.out_height + oy) * s.out_width + ox) * s.out_channels;
            const int64_t w = (int64_t{ky} * s.kernel_width + kx) * s.in_channels * s.out_channels;
            for (int i = 0; i < s.in_channels; i++)
              for (int o = 0; o < s.out_channels; o++) body(x + i, w + int64_t{i} * s.out_channels + o, y + o);
          }
}

inline int64_t size_of_x(const ConvShape& s) { return int64_t{s.batch} * s.in_height * s.in_width * s.in_channels; }
inline int64_t size_of_y(const ConvShape& s) { return int64_t{s.batch} * s.out_height * s.out_width * s.out_channels; }
inline int64_t size_of_filter(const ConvShape& s) {
  return int64_t{s.kernel_height} * s.kernel_width * s.in_channels * s.out_channels;
}

// The nearest number with the 8 bits of a bfloat16's mantissa, ties to even.
inline float to_bfloat16(float value) {
  int exponent;
  const float mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, 8)), exponent - 8);
}

// The largest difference, relative to the largest value.
inline double error(const std::vector<float>& got, const Doubles& expected) {
  double difference = 0, largest = 1e-30;
  for (size_t i = 0; i < expected.size(); i++) {
    const double d = std::abs(got[i] - expected[i]);
    difference = std::isnan(d) ? INFINITY : std::max(difference, d);
    largest = std::max(largest, std::abs(expected[i]));
  }
  return difference / largest;
}
