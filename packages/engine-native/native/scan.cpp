// Sums and products of all values up to each place along an axis. A scan is a chain of operations, so several are done side by side.
#include <algorithm>

#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

struct Scan {
  int64_t length, inner;
  bool exclusive, reverse;
};

// LANES scans, whose values are `lane` apart.
template <int LANES, class T, class Op>
void scan_lanes(const Scan& scan, const T* x, T* y, int64_t lane, T start, Op op) {
  const int64_t step = scan.reverse ? -scan.inner : scan.inner, first = scan.reverse ? (scan.length - 1) * scan.inner : 0;
  T sums[LANES];
  std::fill(sums, sums + LANES, start);
  // An exclusive scan writes each result one place further, and the start first.
  const int64_t shift = scan.exclusive ? step : 0, count = scan.exclusive ? scan.length - 1 : scan.length;
  if (scan.exclusive)
    for (int k = 0; k < LANES; k++) y[first + k * lane] = start;
  for (int64_t i = 0, at = first; i < count; i++, at += step) {
    for (int k = 0; k < LANES; k++) y[at + shift + k * lane] = sums[k] = op(sums[k], x[at + k * lane]);
  }
}

template <class T, class Op>
int scan_all(const Scan& scan, int64_t outer, const void* from, void* to, T start, Op op) {
  // Neighbours are scans of one row, or, where a row is one scan, of several rows.
  const bool columns = scan.inner > 1;
  constexpr int64_t LANES = 8;
  const int64_t along = columns ? scan.inner : outer, lane = columns ? 1 : scan.length;
  const int64_t blocks = (along + LANES - 1) / LANES;
  for_ranges((columns ? outer : 1) * blocks, scan.length * LANES, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % blocks * LANES, count = std::min(LANES, along - first);
      const int64_t at = i / blocks * scan.length * scan.inner + first * lane;
      const T* x = static_cast<const T*>(from) + at;
      T* y = static_cast<T*>(to) + at;
      if (count < LANES) {
        for (int64_t k = 0; k < count; k++) scan_lanes<1>(scan, x + k * lane, y + k * lane, lane, start, op);
      } else if (columns) {
        scan_lanes<LANES>(scan, x, y, 1, start, op);
      } else {
        scan_lanes<LANES>(scan, x, y, lane, start, op);
      }
    }
  });
  return 0;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_scan(int op, int64_t outer, int64_t length, int64_t inner, int exclusive, int reverse, const void* x, void* y) {
  const Scan scan{length, inner, exclusive != 0, reverse != 0};
  const auto sum = [](auto a, auto b) { return a + b; };
  const auto product = [](auto a, auto b) { return a * b; };
  switch (op) {
    // -0 + x is x, also where x is -0.
    case SUM_FLOATS: return scan_all(scan, outer, x, y, exclusive ? 0.0f : -0.0f, sum);
    case PRODUCT_FLOATS: return scan_all(scan, outer, x, y, 1.0f, product);
    // Unsigned, because these wrap around.
    case SUM_INTEGERS: return scan_all(scan, outer, x, y, 0u, sum);
    case PRODUCT_INTEGERS: return scan_all(scan, outer, x, y, 1u, product);
  }
  return fail("mlpconv_scan: expected a known operation, got %d", op);
}
