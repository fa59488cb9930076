// Threads take tasks one by one, so that a thread that wakes late or is interrupted does not delay the others. After a loop, workers
// spin for a moment, because a training step calls kernels in quick succession, and then sleep until the next loop.
#include "thread-pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#if defined(_WIN32)
#define NOMINMAX
#include <windows.h>
#elif defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace mlpconv {
namespace {

// Error text of this thread's last call.
thread_local char message[512];

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

class Pool {
 public:
  int size() const { return threads.load(); }

  void resize(int wanted) {
    if (std::max(wanted, 1) == size()) return;
    // A loop of another thread ends first.
    while (busy.exchange(true)) std::this_thread::yield();
    ending = true;
    publish(0);
    for (auto& worker : workers) worker.join();
    workers.clear();
    ending = false;
    // If the system refuses a thread, the existing ones do the work.
    try {
      for (int i = 1; i < wanted; i++) workers.emplace_back([this, seen = ticket.load() >> 40] { work(seen); });
    } catch (const std::exception&) {
    }
    threads = static_cast<int>(workers.size()) + 1;
    busy = false;
  }

  // A loop within another one, or beside that of another thread of the program, runs on its caller alone.
  void run(int64_t tasks, const std::function<void(int64_t)>& task) {
    if (tasks <= 1 || size() == 1 || busy.exchange(true)) {
      for (int64_t i = 0; i < tasks; i++) task(i);
      return;
    }
    failure = nullptr;
    for (int64_t first = 0; first < tasks; first += MOST) {
      offset = first;
      body = &task;
      const int64_t count = std::min(MOST, tasks - first);
      finished.store(0);
      publish(count);
      share();
      while (finished.load(std::memory_order_acquire) < count) relax();
    }
    const std::exception_ptr failed = std::exchange(failure, nullptr);
    busy = false;
    if (failed) std::rethrow_exception(failed);
  }

 private:
  static constexpr int64_t MOST = 1 << 19;
  static constexpr auto PATIENCE = std::chrono::microseconds(500);

  // generation (24 bits), number of tasks (20) and next task (20) in one word: a thread that takes a task knows its loop, and
  // that loop cannot end before the task has ended.
  void publish(int64_t count) {
    ticket.store(((ticket.load() >> 40) + 1) << 40 | static_cast<uint64_t>(count) << 20);
    if (sleepers.load() == 0) return;
    { std::lock_guard lock(mutex); }
    wake.notify_all();
  }

  // Runs tasks until none is left; returns the generation that is finished.
  uint64_t share() {
    while (true) {
      const uint64_t taken = ticket.fetch_add(1);
      const int64_t index = taken & 0xfffff, count = taken >> 20 & 0xfffff;
      if (index >= count) return taken >> 40;
      try {
        (*body)(offset + index);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
      finished.fetch_add(1, std::memory_order_release);
    }
  }

  void work(uint64_t seen) {
    const auto unchanged = [&] { return ticket.load() >> 40 == seen; };
    while (true) {
      const auto until = std::chrono::steady_clock::now() + PATIENCE;
      while (unchanged() && std::chrono::steady_clock::now() < until) {
        for (int i = 0; i < 32 && unchanged(); i++) relax();
      }
      if (unchanged()) {
        std::unique_lock lock(mutex);
        sleepers.fetch_add(1);
        wake.wait(lock, [&] { return !unchanged(); });
        sleepers.fetch_sub(1);
      }
      if (ending) return;
      seen = share();
      // The generation that ends the pool may have come between the two lines above.
      if (ending) return;
    }
  }

  std::vector<std::thread> workers;
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<uint64_t> ticket{0};
  std::atomic<int64_t> finished{0};
  std::atomic<int> sleepers{0};
  std::atomic<bool> ending{false};
  const std::function<void(int64_t)>* body = nullptr;
  int64_t offset = 0;
  std::atomic<int> threads{1};
  std::atomic<bool> busy{false};  // a loop runs, or the pool is resized
  std::exception_ptr failure;
};

// Keeps the library mapped after it is closed: the pool's threads run its code until the process ends. On Linux, the linker's
// flag `nodelete` does this.
void stay_loaded() {
  [[maybe_unused]] static const char here = 0;
#if defined(_WIN32)
  HMODULE self;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, &here, &self);
#elif defined(__APPLE__)
  Dl_info self;
  if (dladdr(&here, &self)) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

// Never destroyed: when the process ends, its threads may no longer exist.
Pool& pool() {
  static Pool* const instance = (stay_loaded(), new Pool);
  return *instance;
}

}  // namespace

void parallel_for(int64_t count, const std::function<void(int64_t)>& body) { pool().run(count, body); }

int fail(const char* format, ...) {
  va_list parameters;
  va_start(parameters, format);
  std::vsnprintf(message, sizeof message, format, parameters);
  va_end(parameters);
  return 1;
}

void refuse(const char* format, ...) {
  char text[sizeof message];
  va_list parameters;
  va_start(parameters, format);
  std::vsnprintf(text, sizeof text, format, parameters);
  va_end(parameters);
  throw std::runtime_error(text);
}

}  // namespace mlpconv

void mlpconv_set_threads(int count) { mlpconv::pool().resize(count); }
int mlpconv_threads() { return mlpconv::pool().size(); }
const char* mlpconv_error() { return mlpconv::message; }
const char* mlpconv_isa() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__ARM_NEON)
  return "NEON";
#else
  return "baseline";
#endif
}
