// What goes wrong in a thread or for want of memory becomes an error on the calling thread; nothing hangs and the next call works.
#include <pthread.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "../precision.h"
#include "../scratch.h"
#include "../thread-pool.h"

using namespace mlpconv;

// AddressSanitizer would end the process where the system only says no.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace {

void expect(bool held, const char* what) {
  if (held) return;
  std::printf("FAILED: %s; last error: %s\n", what, mlpconv_error());
  std::exit(1);
}

int64_t run(int64_t tasks) {
  std::atomic<int64_t> sum{0};
  parallel_for(tasks, [&](int64_t i) { sum += i; });
  return sum;
}

void a_task_throws(int64_t tasks, int64_t which) {
  const int status = guarded([&] {
    parallel_for(tasks, [&](int64_t i) {
      if (i == which) throw std::runtime_error("task " + std::to_string(i));
    });
  });
  expect(status != 0, "a task that throws gives an error");
  expect(mlpconv_error() == "native: task " + std::to_string(which), "the error is the task's");
  expect(run(tasks) == tasks * (tasks - 1) / 2, "the loop after a failed one is complete");
}

// Two threads of the program, as Node's Workers are, call kernels and set the number of threads at the same time.
void two_callers(int rounds) {
  const auto call = [=](int threads) {
    for (int i = 0; i < rounds; i++) {
      mlpconv_set_threads(threads);
      for (int j = 0; j < 20; j++) expect(run(100) == 4950, "a loop beside another one is complete");
      if (i % 4 == 0) a_task_throws(100, threads);
    }
  };
  std::thread other(call, 3);
  call(2);
  other.join();
  mlpconv_set_precision(static_cast<int>(Precision::EMULATED_AMX));
  int of_other = -1;
  std::thread([&] { of_other = mlpconv_precision(); }).join();
  expect(of_other == 0 && mlpconv_precision() != 0, "each thread of the program has its own precision");
  mlpconv_set_precision(0);
}

// The system refuses a thread because its stack, larger than all addresses, has no place.
void no_thread_can_start() {
  mlpconv_set_threads(1);
  pthread_attr_t before, vast;
  pthread_getattr_default_np(&before);
  pthread_attr_init(&vast);
  pthread_attr_setstacksize(&vast, size_t{1} << 50);
  expect(pthread_setattr_default_np(&vast) == 0, "the default stack can be set");
  mlpconv_set_threads(4);
  pthread_setattr_default_np(&before);
  expect(mlpconv_threads() == 1, "threads that did not start are not counted");
  expect(run(1000) == 499500, "a loop is complete on the threads that there are");
}

void no_scratch() {
  const int status = guarded([] { scratch(0, int64_t{1} << 40); });
  expect(status != 0 && std::strstr(mlpconv_error(), "4398047 MB"), "scratch that cannot be had is an error with its size");
  scratch(0, 100)[99] = 1;
}

}  // namespace

int main(int, char** parameters) {
  const int rounds = std::atoi(parameters[1]);
  for (int threads = 1; threads <= 4; threads++) {
    mlpconv_set_threads(threads);
    for (int i = 0; i < rounds; i++) a_task_throws(100, i * 100 / rounds);
  }
  two_callers(rounds);
  no_thread_can_start();
  no_scratch();
  std::printf("%d rounds\n", rounds);
}
