// A slot grows by at least an eighth, so that shapes which alternate soon stop asking the system.
#include "scratch.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

#include "kernels.h"

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
    floats = static_cast<float*>(::operator new(next * sizeof(float), std::align_val_t{ALIGNMENT}, std::nothrow));
    if (!floats) {
      throw std::runtime_error("expected " + std::to_string(next * sizeof(float) / 1000000 + 1) +
                               " MB for a kernel's scratch, got none; take a smaller batch");
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
