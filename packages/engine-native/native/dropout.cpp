// Dropout with Threefry-2x32, 20 rounds (Salmon et al., SC'11): word i of the mask comes from counter (i / 2, block), so any thread
// can draw any part of it. LANES counters are processed at a time.
#include <algorithm>
#include <cmath>

#include "kernels.h"
#include "lanes.h"
#include "ranges.h"

namespace mlpconv {
namespace {

constexpr int LANES = 16;

template <int... ROTATIONS>
inline void rounds(Words<LANES>& x, Words<LANES>& y) {
  ((x += y, y = (y << ROTATIONS) | (y >> (32 - ROTATIONS)), y ^= x), ...);
}

// The words of the LANES counters (first + i, block).
inline void threefry(uint32_t k0, uint32_t k1, uint32_t first, uint32_t block, Words<LANES>& x, Words<LANES>& y) {
  const uint32_t k2 = k0 ^ k1 ^ 0x1bd11bda;
  x = Words<LANES>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + (first + k0);
  y = Words<LANES>{} + (block + k1);
  rounds<13, 15, 26, 6>(x, y);
  x += k1, y += k2 + 1;
  rounds<17, 29, 16, 24>(x, y);
  x += k2, y += k0 + 2;
  rounds<13, 15, 26, 6>(x, y);
  x += k0, y += k1 + 3;
  rounds<17, 29, 16, 24>(x, y);
  x += k1, y += k2 + 4;
  rounds<13, 15, 26, 6>(x, y);
  x += k2, y += k0 + 5;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_dropout(int64_t count, int64_t offset, uint32_t key0, uint32_t key1, uint32_t block, double threshold, float kept,
                    const float* __restrict x, float* __restrict y) {
  // Words are integers: word < threshold equals word < the next integer. A threshold of 2^32 keeps nothing.
  const double whole = std::ceil(threshold);
  const bool none = whole >= 4294967296.0;
  const uint32_t limit = none ? 0 : static_cast<uint32_t>(whole);
  const float factor = none ? 0.0f : kept;
  constexpr int64_t VALUES = 2 * LANES;
  // Index and number of the vectors of words; x begins within the first of them.
  const int64_t first = offset / VALUES, vectors = (offset + count + VALUES - 1) / VALUES - first;
  for_ranges(vectors, VALUES * 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = first + begin; i < first + end; i++) {
      Words<LANES> words[2];
      threefry(key0, key1, static_cast<uint32_t>(i * LANES), block, words[0], words[1]);
      const Floats<LANES> drop = {}, keep = drop + factor;
      const Floats<LANES> even = words[0] < limit ? drop : keep, odd = words[1] < limit ? drop : keep;
      float masks[2][LANES];
      store(masks[0], even);
      store(masks[1], odd);
      const int64_t at = i * VALUES - offset;
      if (at >= 0 && count - at >= VALUES) {
        const float* from = x + at;
        float* to = y + at;
        for (int j = 0; j < LANES; j++) {
          to[2 * j] = from[2 * j] * masks[0][j];
          to[2 * j + 1] = from[2 * j + 1] * masks[1][j];
        }
      } else {
        const int64_t most = std::min(VALUES, count - at);
        for (int64_t j = std::max<int64_t>(0, -at); j < most; j++) y[at + j] = x[at + j] * masks[j & 1][j / 2];
      }
    }
  });
  return 0;
}
