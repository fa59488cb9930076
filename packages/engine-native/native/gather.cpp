// Rows that are chosen by their indices, read (gather) or written (scatter).
#include "copy.h"
#include "kernels.h"
#include "ranges.h"

using namespace mlpconv;

int mlpconv_gather(int64_t outer, int64_t outer_per_batch, int64_t length, int64_t count, int64_t bytes, const int32_t* indices,
                   const void* x, void* y) {
  const auto from = static_cast<const uint8_t*>(x);
  const auto to = static_cast<uint8_t*>(y);
  for_ranges(outer * count, bytes / 4, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end;) {
      const int64_t i = row / count, first = row % count, last = std::min(count, first + end - row);
      const int32_t* chosen = indices + i / outer_per_batch * count;
      const uint8_t* source = from + i * length * bytes;
      uint8_t* target = to + i * count * bytes;
      if (bytes == 4) {
        for (int64_t k = first; k < last; k++) store(target + k * 4, load<int32_t>(source + int64_t{chosen[k]} * 4));
      } else {
        for (int64_t k = first; k < last; k++) copy_bytes(target + k * bytes, source + chosen[k] * bytes, bytes);
      }
      row += last - first;
    }
  });
  return 0;
}

namespace {

// Each thread has a part of every row: of several updates of one row, all threads see the same order.
template <class T>
void add_rows(int64_t count, int64_t inner, const int32_t* indices, const void* updates, void* y) {
  const auto from = static_cast<const T*>(updates);
  const auto to = static_cast<T*>(y);
  for_ranges(inner, count, [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < count; i++)
      for (int64_t j = begin; j < end; j++) to[indices[i] * inner + j] += from[i * inner + j];
  });
}

}  // namespace

int mlpconv_scatter(int op, int64_t count, int64_t inner, const int32_t* indices, const void* updates, void* y) {
  switch (op) {
    case SET_BYTES:
      for_ranges(inner, count, [&](int64_t begin, int64_t end) {
        for (int64_t i = 0; i < count; i++)
          copy_bytes(static_cast<uint8_t*>(y) + indices[i] * inner + begin, static_cast<const uint8_t*>(updates) + i * inner + begin,
                     end - begin);
      });
      return 0;
    case ADD_FLOATS: add_rows<float>(count, inner, indices, updates, y); return 0;
    // Unsigned, because these wrap around.
    case ADD_INTEGERS: add_rows<uint32_t>(count, inner, indices, updates, y); return 0;
  }
  return fail("mlpconv_scatter: expected a known operation, got %d", op);
}
