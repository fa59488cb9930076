// Working memory of kernels. A slot grows by at least an eighth, so that alternating shapes soon cause no further allocations.
#include "scratch.h"

#include <algorithm>
#include <cstdint>
#include <new>

#include "kernels.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

struct Memory {
  float* floats = nullptr;
  int64_t count = 0;
  ~Memory() { release(); }

  void release() {
    if (floats) ::operator delete(floats, std::align_val_t{ALIGNMENT});
    floats = nullptr;
    count = 0;
  }

  void grow(int64_t wanted) {
    const int64_t next = std::max(wanted, count + count / 8);
    release();
    // In WebAssembly a number of bytes has 32 bits.
    if (static_cast<uint64_t>(next) <= SIZE_MAX / sizeof(float))
      floats = static_cast<float*>(::operator new(next * sizeof(float), std::align_val_t{ALIGNMENT}, std::nothrow));
    if (!floats) {
      const int64_t megabytes = next * sizeof(float) / 1000000 + 1;
      refuse("expected %d MB for a kernel's scratch, got none; take a smaller batch", static_cast<int>(megabytes));
    }
    count = next;
    mlpconv_prepare_buffer(floats, next * sizeof(float));
  }

  static constexpr size_t ALIGNMENT = 64;
};

thread_local Memory memories[SLOTS];

}  // namespace

float* scratch(int slot, int64_t count) {
  Memory& memory = memories[slot];
  if (memory.count < count) memory.grow(count);
  return memory.floats;
}

}  // namespace mlpconv
