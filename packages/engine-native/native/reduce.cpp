// Sums of x [outer, reduced, inner] over its middle axis, and the softmax. Sums have three levels, so that long ones stay accurate and a
// single one can use all threads: float32 over at most 256 rows, float64 over these within a chunk, and the chunks in order.
#include <cmath>
#include <vector>

#include "exponential.h"
#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

constexpr int64_t ROWS = 256, COLUMNS = 512, LANES = 64;

// sums[i] = the sum of column i over `rows` rows with stride `inner`.
void sum_rows(int64_t rows, int64_t inner, const float* x, double* sums) {
  std::fill(sums, sums + inner, 0.0);
  float total[COLUMNS];
  for (int64_t first = 0; first < inner; first += COLUMNS) {
    const int64_t width = std::min(COLUMNS, inner - first);
    for (int64_t row = 0; row < rows;) {
      const int64_t end = std::min(row + ROWS, rows);
      std::fill(total, total + width, 0.0f);
      for (; row < end; row++) {
        const float* __restrict from = x + row * inner + first;
        for (int64_t i = 0; i < width; i++) total[i] += from[i];
      }
      for (int64_t i = 0; i < width; i++) sums[first + i] += total[i];
    }
  }
}

// The sum of contiguous values, in LANES partial sums.
double sum_run(int64_t count, const float* x) {
  double sum = 0;
  int64_t i = 0;
  while (count - i >= LANES) {
    const int64_t end = i + std::min<int64_t>((count - i) / LANES, ROWS) * LANES;
    float lanes[LANES] = {};
    for (; i < end; i += LANES) {
      for (int64_t lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane];
    }
    for (const float lane : lanes) sum += lane;
  }
  for (; i < count; i++) sum += x[i];
  return sum;
}

// Number of chunks; independent of the number of threads.
int64_t chunks_of(int64_t outer, int64_t reduced, int64_t inner) {
  if (outer >= 16) return 1;
  return std::clamp<int64_t>(reduced * inner / GRAIN, 1, std::min<int64_t>(64, reduced));
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_sum(int64_t outer, int64_t reduced, int64_t inner, float scale, const float* x, float* y) {
  return guarded([&] {
    const int64_t chunks = chunks_of(outer, reduced, inner);
    std::vector<double> partial(outer * chunks * inner);
    for_ranges(outer * chunks, reduced * inner / chunks, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t chunk = i % chunks;
        const int64_t first = reduced * chunk / chunks, last = reduced * (chunk + 1) / chunks;
        const float* from = x + (i / chunks * reduced + first) * inner;
        if (inner == 1) partial[i] = sum_run(last - first, from);
        else sum_rows(last - first, inner, from, partial.data() + i * inner);
      }
    });
    for (int64_t o = 0; o < outer; o++) {
      for (int64_t i = 0; i < inner; i++) {
        double sum = 0;
        for (int64_t chunk = 0; chunk < chunks; chunk++) sum += partial[(o * chunks + chunk) * inner + i];
        y[o * inner + i] = static_cast<float>(sum * scale);
      }
    }
  });
}

int mlpconv_softmax(int64_t rows, int64_t classes, const float* x, float* y) {
  for_ranges(rows, classes * 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const float* from = x + row * classes;
      float* to = y + row * classes;
      // The maximum is subtracted so that no exponential overflows.
      constexpr int64_t SIDE = 16;
      float side[SIDE];
      std::fill(side, side + SIDE, from[0]);
      int64_t i = 0;
#pragma GCC unroll 1
      for (; i + SIDE <= classes; i += SIDE) {
        for (int64_t lane = 0; lane < SIDE; lane++) side[lane] = from[i + lane] > side[lane] ? from[i + lane] : side[lane];
      }
#pragma GCC unroll 1
      for (; i < classes; i++) side[0] = from[i] > side[0] ? from[i] : side[0];
      float largest = side[0];
#pragma GCC unroll 1
      for (int64_t lane = 1; lane < SIDE; lane++) largest = side[lane] > largest ? side[lane] : largest;
      for (i = 0; i < classes; i++) to[i] = exponential_of_negative(from[i] - largest);
      const float share = static_cast<float>(1 / sum_run(classes, to));
      for (i = 0; i < classes; i++) to[i] *= share;
    }
  });
  return 0;
}
