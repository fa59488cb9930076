// Numbers stored as int32 by JavaScript's rule: truncated, modulo 2^32, and 0 for NaN and infinities.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace mlpconv {

inline int32_t to_int(double value) {
  if (std::abs(value) < 2147483648.0) return static_cast<int32_t>(value);
  const double rest = std::fmod(std::trunc(value), 4294967296.0);
  return rest == rest ? static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(rest))) : 0;
}

// Blocks whose values all fit are converted in a loop that vectorises.
template <class T>
void to_ints(int64_t count, const T* __restrict x, int32_t* __restrict y) {
  constexpr int64_t BLOCK = 64;
  for (int64_t first = 0; first < count; first += BLOCK) {
    const int64_t last = std::min(first + BLOCK, count);
    int32_t fit = 1;
    for (int64_t i = first; i < last; i++) fit &= std::abs(x[i]) < T{2147483648.0};
    if (fit) {
      for (int64_t i = first; i < last; i++) y[i] = static_cast<int32_t>(x[i]);
    } else {
      for (int64_t i = first; i < last; i++) y[i] = to_int(x[i]);
    }
  }
}

}  // namespace mlpconv
