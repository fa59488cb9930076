// Readies memory for tensors. Huge pages spare both page faults and TLB misses; vectors that do not straddle cache lines load faster.
#include <cstdint>

#include "kernels.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace {

constexpr uintptr_t PAGE = 4096, HUGE_PAGE = 2 << 20;

// The whole pages of a buffer.
[[maybe_unused]] bool pages(void* memory, int64_t bytes, uintptr_t least, void*& first, size_t& size) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t begin = (address + PAGE - 1) & ~(PAGE - 1), end = (address + bytes) & ~(PAGE - 1);
  first = reinterpret_cast<void*>(begin);
  size = end > begin ? end - begin : 0;
  return size >= least;
}

}  // namespace

int mlpconv_prepare_buffer(void* memory, int64_t bytes) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
#ifdef MADV_HUGEPAGE
  void* first;
  size_t size;
  // Advice: where the kernel has no huge pages, small ones do.
  if (pages(memory, bytes, HUGE_PAGE, first, size)) madvise(first, size, MADV_HUGEPAGE);
#else
  (void)bytes;
#endif
  return static_cast<int>((64 - address % 64) % 64);
}

int mlpconv_discard_buffer(void* memory, int64_t bytes) {
#ifdef __linux__
  void* first;
  size_t size;
  if (pages(memory, bytes, PAGE, first, size)) madvise(first, size, MADV_DONTNEED);
#else
  (void)memory, (void)bytes;
#endif
  return 0;
}
