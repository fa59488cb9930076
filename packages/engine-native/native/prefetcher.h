// Prefetches the memory of the next block, a few cache lines at a time, while the current one is computed, so that tensors outside of the caches
// cost little more than cached ones.
#pragma once

#include <cstdint>

namespace mlpconv {

class Prefetcher {
 public:
  // Adds `count` rows of `floats` values with the given stride; `count` may be 0.
  void add_rows(const float* from, int64_t stride, int64_t count, int64_t floats) {
    if (count <= 0 || floats <= 0) return;
    ranges[size] = {from, stride, count, (floats - 1) / LINE + 1};
    total += count * ranges[size++].lines;
  }

  void add(const float* from, int64_t floats) { add_rows(from, 4 * LINE, floats / (4 * LINE), 4 * LINE); }

  // Spreads the added memory over this many calls of next().
  void spread(int64_t calls) { share = calls > 0 ? (total + calls - 1) / calls : total; }

  void next() {
    for (int64_t left = share; left > 0 && at < size;) {
      Rows& rows = ranges[at];
      const float* from = rows.from;
      while (left > 0 && rows.count > 0) {
        for (int64_t i = 0; i < rows.lines; i++) __builtin_prefetch(from + i * LINE, 0, 2);
        from += rows.stride;
        left -= rows.lines;
        rows.count--;
      }
      rows.from = from;
      if (rows.count == 0) at++;
    }
  }

 private:
  static constexpr int64_t LINE = 16;  // floats
  struct Rows {
    const float* from;
    int64_t stride, count, lines;
  };
  Rows ranges[3];
  int size = 0, at = 0;
  int64_t total = 0, share = 0;
};

}  // namespace mlpconv
