// Working memory of kernels: 64-byte aligned, in huge pages if available, kept by the requesting thread and reused.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mlpconv {

// At least `count` floats for this thread, valid until it requests the same slot again; the contents are arbitrary.
// Throws std::bad_alloc.
float* scratch(int slot, int64_t count);
// The same for values that are smaller than floats.
template <class Value>
Value* scratch_of(int slot, int64_t count) {
  constexpr int64_t EACH = sizeof(float) / sizeof(Value);
  return reinterpret_cast<Value*>(scratch(slot, (count + EACH - 1) / EACH));
}

// The slots. A kernel that runs inside a parallel loop uses THREAD slots, the caller of the loop CALLER slots.
enum Slot { CALLER_FILTER, CALLER_SUMS, CALLER_BIAS, THREAD_INPUT, THREAD_GRADIENT, THREAD_OUTPUT, SLOTS };

}  // namespace mlpconv
