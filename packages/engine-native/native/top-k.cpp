// The k largest values of each row with their positions, by a heap. A value and its position become one number of 64 bits in which the larger
// value, and of equal ones the earlier, is the larger number: so floats and whole numbers share the code.
#include <algorithm>
#include <bit>
#include <functional>
#include <vector>

#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

// The bits of a float as a whole number in the same order; NaN is the largest, and -0 equals 0.
int32_t ordered(int32_t bits) {
  const float value = std::bit_cast<float>(bits);
  if (value != value) return INT32_MAX;
  if (value == 0) return 0;
  return bits < 0 ? INT32_MIN - bits : bits;
}

int64_t key_of(int32_t value, int64_t position) { return value * (int64_t{1} << 32) + (INT32_MAX - position); }

}  // namespace
}  // namespace mlpconv

int mlpconv_top_k(int ints, int64_t rows, int64_t columns, int64_t k, const void* x, void* values, int32_t* positions) {
  using namespace mlpconv;
  if (k == 0) return 0;
  return guarded([&] {
    for_ranges(rows, columns * 2, [&](int64_t begin, int64_t end) {
      std::vector<int64_t> best(k);
      for (int64_t row = begin; row < end; row++) {
        const int32_t* line = static_cast<const int32_t*>(x) + row * columns;
        for (int64_t i = 0; i < columns; i++) {
          const int64_t key = key_of(ints ? line[i] : ordered(line[i]), i);
          if (i < k) {
            best[i] = key;
            // The least of those that are kept comes first.
            if (i == k - 1) std::make_heap(best.begin(), best.end(), std::greater<>());
          } else if (key > best[0]) {
            std::pop_heap(best.begin(), best.end(), std::greater<>());
            best[k - 1] = key;
            std::push_heap(best.begin(), best.end(), std::greater<>());
          }
        }
        std::sort_heap(best.begin(), best.end(), std::greater<>());
        for (int64_t i = 0; i < k; i++) {
          const int32_t position = INT32_MAX - static_cast<int32_t>(best[i]);
          positions[row * k + i] = position;
          static_cast<int32_t*>(values)[row * k + i] = line[position];
        }
      }
    });
  });
}
