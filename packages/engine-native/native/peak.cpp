// The CPU's peak speed: fused multiply-adds in registers, on all threads. Kernel speeds are compared with it.
#include <chrono>

#include "kernels.h"
#include "thread-pool.h"
#include "vector.h"

double mlpconv_peak_gflops(void) {
  using namespace mlpconv;
  constexpr int SUMS = REGISTERS / 2 - 2;  // enough to hide the latency of each
  constexpr int64_t ROUNDS = 4'000'000;
  const int threads = mlpconv_threads();
  const auto start = std::chrono::steady_clock::now();
  // One task for each thread: no task ends before all have begun.
  parallel_for(threads, [&](int64_t) {
    Vector sums[SUMS], factor = Vector{} + 0.999f, term = Vector{} + 1e-6f;
    for (auto& sum : sums) sum = Vector{} + 1.0f;
    for (int64_t i = 0; i < ROUNDS; i++) {
#pragma GCC unroll 16
      for (int j = 0; j < SUMS; j++) sums[j] = sums[j] * factor + term;
    }
    Vector all = sums[0];
    for (const auto& sum : sums) all += sum;
    volatile float used = all[0];
    (void)used;
  });
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return threads * ROUNDS * SUMS * WIDTH * 2.0 / seconds.count() / 1e9;
}
