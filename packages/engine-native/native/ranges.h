// Splits a loop among the threads: equal contiguous ranges, four a thread, so that an interrupted thread delays little.
#pragma once

#include <algorithm>
#include <cstdint>

#include "thread-pool.h"

namespace mlpconv {

// Below this many values a second thread costs more than it saves.
constexpr int64_t GRAIN = 1 << 14;

// Calls body(begin, end) for ranges that make up [0, count); `cost` says how many values a step of the loop handles.
template <class Body>
void for_ranges(int64_t count, int64_t cost, const Body& body) {
  const int64_t wanted = (count * std::max<int64_t>(cost, 1) + GRAIN - 1) / GRAIN;
  const int64_t parts = std::min({count, wanted, 4 * static_cast<int64_t>(mlpconv_threads())});
  if (parts <= 1 || mlpconv_threads() == 1) {
    if (count > 0) body(int64_t{0}, count);
    return;
  }
  parallel_for(parts, [&](int64_t part) { body(count * part / parts, count * (part + 1) / parts); });
}

}  // namespace mlpconv
