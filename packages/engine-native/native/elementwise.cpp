// Elementwise kernels without arithmetic: a constant, the conversion between number types, and the choice between two tensors.
#include <algorithm>
#include <cstring>

#include "kernels.h"
#include "ranges.h"
#include "to-int.h"

namespace mlpconv {
namespace {

template <class T, class U>
void convert(int64_t count, const void* x, void* y) {
  const T* __restrict from = static_cast<const T*>(x);
  U* __restrict to = static_cast<U*>(y);
  for (int64_t i = 0; i < count; i++) {
    // NaN is true.
    if constexpr (sizeof(U) == 1) to[i] = from[i] != 0;
    else to[i] = static_cast<U>(from[i]);
  }
}

template <>
void convert<float, int32_t>(int64_t count, const void* x, void* y) {
  to_ints(count, static_cast<const float*>(x), static_cast<int32_t*>(y));
}

template <class T>
void select(int64_t count, const uint8_t* __restrict condition, const T* __restrict t, const T* __restrict e, T* __restrict y) {
  for (int64_t i = 0; i < count; i++) y[i] = condition[i] ? t[i] : e[i];
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_fill(int64_t count, float value, float* y) {
  for_ranges(count, 1, [&](int64_t begin, int64_t end) { std::fill(y + begin, y + end, value); });
  return 0;
}

int mlpconv_cast(int from, int to, int64_t count, const void* x, void* y) {
  using Loop = void (*)(int64_t count, const void* x, void* y);
  static constexpr Loop LOOPS[3][3] = {{nullptr, convert<float, int32_t>, convert<float, uint8_t>},
                                       {convert<int32_t, float>, nullptr, convert<int32_t, uint8_t>},
                                       {convert<uint8_t, float>, convert<uint8_t, int32_t>, nullptr}};
  const auto known = [](int type) { return type >= FLOAT32 && type <= BOOL; };
  const Loop loop = known(from) && known(to) ? LOOPS[from][to] : nullptr;
  if (!loop) return fail("mlpconv_cast: expected two different known types, got %d and %d", from, to);
  const int64_t x_size = from == BOOL ? 1 : 4, y_size = to == BOOL ? 1 : 4;
  for_ranges(count, 1, [&](int64_t begin, int64_t end) {
    loop(end - begin, static_cast<const char*>(x) + begin * x_size, static_cast<char*>(y) + begin * y_size);
  });
  return 0;
}

int mlpconv_select(int64_t rows, int64_t width, int type, const uint8_t* condition, const void* t, const void* e, void* y) {
  for_ranges(rows, width, [&](int64_t begin, int64_t end) {
    const auto part = [&](auto* values) { return values + begin * width; };
    if (type == BOOL && width == 1) {
      select(end - begin, condition + begin, part(static_cast<const uint8_t*>(t)), part(static_cast<const uint8_t*>(e)),
             part(static_cast<uint8_t*>(y)));
    } else if (width == 1) {
      select(end - begin, condition + begin, part(static_cast<const uint32_t*>(t)), part(static_cast<const uint32_t*>(e)),
             part(static_cast<uint32_t*>(y)));
    } else {
      const int64_t bytes = width * (type == BOOL ? 1 : 4);
      for (int64_t row = begin; row < end; row++) {
        std::memcpy(static_cast<char*>(y) + row * bytes, static_cast<const char*>(condition[row] ? t : e) + row * bytes, bytes);
      }
    }
  });
  return 0;
}
