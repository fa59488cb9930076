// Prepares memory for tensors. Huge pages reduce page faults and TLB misses; vectors that do not cross cache lines load faster.
#include <cstdint>

#include "kernels.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

int mlpconv_prepare_buffer(void* memory, int64_t bytes) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
#ifdef MADV_HUGEPAGE
  constexpr uintptr_t PAGE = 4096, HUGE_PAGE = 2 << 20;
  const uintptr_t begin = (address + PAGE - 1) & ~(PAGE - 1), end = (address + bytes) & ~(PAGE - 1);
  // Only a hint: without huge pages, the kernel uses small ones.
  if (begin + HUGE_PAGE <= end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#else
  (void)bytes;
#endif
  return static_cast<int>((64 - address % 64) % 64);
}
