// Memory of the module, and the little of the C++ runtime that code without a C library needs.
//
// A list of blocks in the order of their addresses, searched from its beginning under one lock: kernels allocate a few vectors a call, scratch
// stays, and tensors come in chunks from mlpconv_malloc.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <version>

#include "../thread-pool.h"

extern "C" unsigned char __heap_base;

namespace mlpconv {
namespace {

constexpr uint64_t UNIT = 64, PAGE = 65536, END = uint64_t{1} << 32;

// Before what it holds, on a boundary of UNIT bytes.
struct alignas(UNIT) Block {
  Block* next;
  // Behind this header.
  uint64_t bytes;
  bool free;

  void* memory() { return this + 1; }
  uint64_t address() const { return reinterpret_cast<uintptr_t>(this); }
};
static_assert(sizeof(Block) == UNIT);

Block* first = nullptr;
Block* last = nullptr;
std::atomic_flag lock = ATOMIC_FLAG_INIT;
std::atomic<bool> lacked{false};

struct Locked {
  Locked() {
    while (lock.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~Locked() { lock.clear(std::memory_order_release); }
};

constexpr uint64_t round_up(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

// Grows the memory so that it reaches `end`; false where it cannot.
bool reach(uint64_t end) {
  if (end > END - PAGE) return false;
  const uint64_t have = __builtin_wasm_memory_size(0) * PAGE;
  return end <= have || __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) != static_cast<size_t>(-1);
}

Block* append(uint64_t bytes) {
  const uint64_t at = last ? last->address() + UNIT + last->bytes : round_up(reinterpret_cast<uintptr_t>(&__heap_base), UNIT);
  // The last block may be free, and too small: then it grows.
  if (last && last->free) {
    if (!reach(last->address() + UNIT + bytes)) return nullptr;
    last->bytes = bytes;
    return last;
  }
  if (!reach(at + UNIT + bytes)) return nullptr;
  Block* const block = new (reinterpret_cast<void*>(static_cast<uintptr_t>(at))) Block{nullptr, bytes, true};
  (last ? last->next : first) = block;
  last = block;
  return block;
}

// Leaves `bytes` in the block; what is over becomes a block of its own.
void split(Block* block, uint64_t bytes) {
  if (block->bytes < bytes + 2 * UNIT) return;
  const uint64_t at = block->address() + UNIT + bytes;
  Block* const rest = new (reinterpret_cast<void*>(static_cast<uintptr_t>(at))) Block{block->next, block->bytes - bytes - UNIT, true};
  if (block == last) last = rest;
  block->next = rest;
  block->bytes = bytes;
}

void* allocate(uint64_t bytes) {
  const uint64_t wanted = round_up(bytes ? bytes : 1, UNIT);
  const Locked locked;
  Block* block = first;
  while (block && !(block->free && block->bytes >= wanted)) block = block->next;
  if (!block) block = append(wanted);
  if (!block) {
    lacked.store(true);
    return nullptr;
  }
  split(block, wanted);
  block->free = false;
  return block->memory();
}

void release(void* memory) {
  if (!memory) return;
  const Locked locked;
  (static_cast<Block*>(memory) - 1)->free = true;
  for (Block* at = first; at; at = at->next) {
    while (at->free && at->next && at->next->free) {
      if (at->next == last) last = at;
      at->bytes += UNIT + at->next->bytes;
      at->next = at->next->next;
    }
  }
}

void* allocate_or_refuse(uint64_t bytes) {
  void* const memory = allocate(bytes);
  if (!memory) refuse("expected memory for a kernel, got none; take a smaller batch");
  return memory;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

// 64-byte aligned; null where there is no more.
MLPCONV_API void* mlpconv_malloc(size_t bytes) { return allocate(bytes); }
MLPCONV_API void mlpconv_free(void* memory) { release(memory); }
// Whether memory was refused since the last call.
MLPCONV_API int mlpconv_lacked_memory() { return lacked.exchange(false); }

void* operator new(size_t bytes) { return allocate_or_refuse(bytes); }
void* operator new[](size_t bytes) { return allocate_or_refuse(bytes); }
void* operator new(size_t bytes, std::align_val_t) { return allocate_or_refuse(bytes); }
void* operator new(size_t bytes, std::align_val_t, const std::nothrow_t&) noexcept { return allocate(bytes); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { release(memory); }

// Objects of a thread would be destroyed at its end; Workers are ended from outside.
extern "C" int __cxa_thread_atexit(void (*)(void*), void*, void*) { return 0; }

// Called by the C++ library where it would throw, for a vector that is larger than memory.
_LIBCPP_BEGIN_NAMESPACE_STD
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT { __builtin_trap(); }
_LIBCPP_END_NAMESPACE_STD
