// Divides a loop among the threads: equal contiguous ranges, four for each thread, so that an interrupted thread delays little.
#pragma once

#include <algorithm>
#include <cstdint>

#include "thread-pool.h"

// Before a loop over values: WebAssembly's compilers do not overlap the steps of a loop, so two are written out.
#ifdef __wasm__
#define MLPCONV_INTERLEAVED _Pragma("clang loop interleave_count(2)")
#else
#define MLPCONV_INTERLEAVED
#endif

namespace mlpconv {

// Number of values below which a second thread costs more than it saves.
constexpr int64_t GRAIN = 1 << 14;

// ranges.cpp: the same for a body that is called through a pointer, so that each loop is compiled once, not for one thread and for several.
void run_ranges(int64_t count, int64_t cost, void (*call)(const void* body, int64_t begin, int64_t end), const void* body);

// Calls body(begin, end) for ranges that cover [0, count); `cost` is the number of values that a step of the loop processes.
template <class Body>
void for_ranges(int64_t count, int64_t cost, const Body& body) {
  run_ranges(count, cost, [](const void* it, int64_t begin, int64_t end) { (*static_cast<const Body*>(it))(begin, end); }, &body);
}

}  // namespace mlpconv
