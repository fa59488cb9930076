// Asks for the memory of the next block, a few lines at a time, while this one is computed: convolutions over tensors that no cache holds
// are then as fast as those over tensors that one does.
#pragma once

#include <cstdint>

namespace mlpconv {

class Ahead {
 public:
  // Nothing where from is null. Ranges should not reach past the tensors, though asking for what is not there does no harm.
  void add(const float* from, int64_t floats) {
    if (!from || floats <= 0 || ranges == MAX) return;
    at[ranges] = reinterpret_cast<const char*>(from);
    end[ranges] = at[ranges] + floats * sizeof(float);
    ranges++;
    total += floats * static_cast<int64_t>(sizeof(float)) / LINE + 1;
  }

  // Spreads what was added over so many calls of next().
  void spread(int64_t calls) { lines = calls > 0 ? (total + calls - 1) / calls : total; }

  void next() {
    for (int64_t i = 0; i < lines && range < ranges; i++) {
      __builtin_prefetch(at[range], 0, 2);
      at[range] += LINE;
      if (at[range] >= end[range]) range++;
    }
  }

 private:
  static constexpr int MAX = 3;
  static constexpr int64_t LINE = 64;
  const char* at[MAX];
  const char* end[MAX];
  int ranges = 0, range = 0;
  int64_t total = 0, lines = 0;
};

}  // namespace mlpconv
