// What thread-pool.cpp is in a shared library: the loop over threads and the text of errors, in a module without a C library.
//
// Threads are Workers. Each instantiates the module over the same memory, with a stack of its own, and calls mlpconv_join() and mlpconv_work(), which
// does not return. Without Workers, or in a build without atomics, the caller does all the work.
//
// There are no C++ exceptions. What a kernel refuses is thrown by JavaScript, through the frames of the module: its destructors do not run, so
// that the vectors of a refused call stay allocated. JavaScript then resets the stack pointer, and calls mlpconv_abandon() on the caller's
// thread or mlpconv_fail_task() on a Worker, which goes back to work. A trap is dealt with in the same way.
#include "../thread-pool.h"

#include <algorithm>
#include <atomic>
#include <cstdarg>

// Throws an Error with the text of mlpconv_error().
extern "C" __attribute__((import_module("env"), import_name("refuse"), noreturn)) void mlpconv_throw();

namespace mlpconv {
namespace {

char message[512];
std::atomic_flag message_is_set = ATOMIC_FLAG_INIT;
int wanted_threads = 1;
bool busy = false;
const std::function<void(int64_t)>* body = nullptr;
int64_t offset = 0;
int64_t tasks_under_way = 0;

constexpr int64_t MOST = 1 << 19;
// generation (24 bits), number of tasks (20), next task (20) in one word, as in thread-pool.cpp.
std::atomic<uint64_t> ticket{0};
std::atomic<int64_t> finished{0};
std::atomic<bool> failed{false};
std::atomic<int> workers{0}, sleepers{0};
// Counts loops, for Workers that sleep: they wait for a word of 32 bits.
std::atomic<int> loops{0};

// Writes %s and %d, which are all that the kernels' texts have: printf would bring a C library along.
void print(const char* format, va_list parameters) {
  char* to = message;
  char* const end = message + sizeof message - 1;
  const auto put = [&](char c) {
    if (to < end) *to++ = c;
  };
  for (; *format; format++) {
    if (*format != '%') {
      put(*format);
    } else if (*++format == 's') {
      for (const char* text = va_arg(parameters, const char*); *text; text++) put(*text);
    } else {
      const int value = va_arg(parameters, int);
      char digits[12];
      int count = 0;
      for (uint32_t left = value < 0 ? -static_cast<uint32_t>(value) : value; count == 0 || left; left /= 10)
        digits[count++] = static_cast<char>('0' + left % 10);
      if (value < 0) put('-');
      while (count) put(digits[--count]);
    }
  }
  *to = 0;
}

// The next task's index in this loop; -1 when all are taken.
int64_t take() {
  const uint64_t taken = ticket.fetch_add(1);
  const int64_t index = taken & 0xfffff, count = taken >> 20 & 0xfffff;
  return index < count ? index : -1;
}

void share() {
  for (int64_t index = take(); index >= 0; index = take()) {
    // Once a task has failed, the others are taken without being done.
    if (!failed.load(std::memory_order_relaxed)) (*body)(offset + index);
    finished.fetch_add(1, std::memory_order_release);
  }
}

// Spins, because the main thread of a browser may not wait; the other threads' last tasks are short.
void wait_for_all() {
  while (finished.load(std::memory_order_acquire) < tasks_under_way) {
  }
}

void begin(int64_t count) {
  finished.store(0);
  tasks_under_way = count;
  ticket.store(((ticket.load() >> 40) + 1) << 40 | static_cast<uint64_t>(count) << 20);
  loops.fetch_add(1);
#ifdef __wasm_atomics__
  if (sleepers.load() > 0) __builtin_wasm_memory_atomic_notify(reinterpret_cast<int*>(&loops), 1 << 20);
#endif
}

}  // namespace

void parallel_for(int64_t tasks, const std::function<void(int64_t)>& task) {
  if (tasks <= 1 || busy || mlpconv_threads() == 1) {
    for (int64_t i = 0; i < tasks; i++) task(i);
    return;
  }
  busy = true;
  failed.store(false);
  for (int64_t first = 0; first < tasks && !failed.load(); first += MOST) {
    offset = first;
    body = &task;
    begin(std::min(MOST, tasks - first));
    share();
    wait_for_all();
  }
  busy = false;
  // A Worker wrote the text.
  if (failed.load()) mlpconv_throw();
}

int fail(const char* format, ...) {
  va_list parameters;
  va_start(parameters, format);
  print(format, parameters);
  va_end(parameters);
  return 1;
}

void refuse(const char* format, ...) {
  // Of several threads that refuse at once, one writes.
  if (!message_is_set.test_and_set()) {
    va_list parameters;
    va_start(parameters, format);
    print(format, parameters);
    va_end(parameters);
  }
  mlpconv_throw();
}

}  // namespace mlpconv

using namespace mlpconv;

// How many threads compute: the caller and count - 1 of the Workers that there are.
void mlpconv_set_threads(int count) { wanted_threads = count; }
int mlpconv_threads() { return std::min(wanted_threads, workers.load(std::memory_order_relaxed) + 1); }
const char* mlpconv_error() { return message; }
const char* mlpconv_isa() {
#ifdef __wasm_relaxed_simd__
  return "relaxed SIMD";
#else
  return "SIMD";
#endif
}

// After JavaScript caught what the caller's own thread threw: waits for the other threads, so that the next kernel can begin.
MLPCONV_API void mlpconv_abandon() {
  // A Worker's failure is thrown when all have ended; when the caller's own task threw, that task still counts as under way.
  if (busy) {
    failed.store(true);
    finished.fetch_add(1, std::memory_order_release);
    share();
    wait_for_all();
    busy = false;
  }
  message_is_set.clear();
}

#ifdef __wasm_atomics__
MLPCONV_API void mlpconv_join() { workers.fetch_add(1); }
MLPCONV_API int mlpconv_workers() { return workers.load(); }

// A Worker's life.
MLPCONV_API void mlpconv_work() {
  constexpr int PATIENCE = 20'000;  // loads of a word: some tens of microseconds
  int seen = loops.load();
  share();
  while (true) {
    for (int i = 0; i < PATIENCE && loops.load(std::memory_order_relaxed) == seen; i++) {
    }
    if (loops.load() == seen) {
      sleepers.fetch_add(1);
      __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int*>(&loops), seen, -1);
      sleepers.fetch_sub(1);
    }
    seen = loops.load();
    share();
  }
}

// After JavaScript caught what a Worker's task threw, before that Worker calls mlpconv_work() again.
MLPCONV_API void mlpconv_fail_task(int trapped) {
  if (trapped && !message_is_set.test_and_set()) fail("a kernel ended in a trap on one of its threads");
  failed.store(true);
  finished.fetch_add(1, std::memory_order_release);
}
#endif
