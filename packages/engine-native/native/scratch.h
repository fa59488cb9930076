// Working memory of kernels: 64-byte aligned, in huge pages where the system has them, kept by the thread that asked and used again.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mlpconv {

// At least `count` floats for this thread until it next asks for the same slot; what they hold is left from the last use.
// Throws std::bad_alloc.
float* scratch(int slot, int64_t count);

// The slots. A kernel that runs inside a parallel loop uses THREAD ones, the caller of the loop CALLER ones.
enum Slot { CALLER_FILTER, CALLER_SUMS, CALLER_BIAS, THREAD_INPUT, THREAD_GRADIENT, THREAD_OUTPUT, SLOTS };

}  // namespace mlpconv
