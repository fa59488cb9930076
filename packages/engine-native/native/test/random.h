// Tensors drawn at random, and the comparison of what a kernel made of them with what a naive loop did.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

inline std::mt19937 generator(1);
inline int between(int low, int high) { return std::uniform_int_distribution(low, high)(generator); }

// Exactly as long as it must be, so that a read past its end is found.
inline std::vector<float> numbers(int64_t count) {
  std::vector<float> values(count);
  for (auto& value : values) value = static_cast<float>(between(-64, 63)) / 64.0f;
  return values;
}

// Filled with NaN, so that an output which a kernel did not write is found.
inline std::vector<float> unwritten(int64_t count) { return std::vector<float>(count, NAN); }

// Ends the program if a value is off by more than `tolerance` of the largest; `shape` is what the message tells.
inline void expect_close(const char* what, const std::vector<int>& shape, const std::vector<float>& got, const std::vector<double>& expected,
                  double tolerance = 1e-5) {
  double scale = 1, worst = 0;
  for (size_t i = 0; i < got.size(); i++) {
    scale = std::max(scale, std::abs(expected[i]));
    const double difference = std::abs(got[i] - expected[i]);
    worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
  }
  if (worst <= tolerance * scale) return;
  std::printf("%s: off by %g of %g for", what, worst, scale);
  for (const int size : shape) std::printf(" %d", size);
  std::printf("\n");
  std::exit(1);
}
