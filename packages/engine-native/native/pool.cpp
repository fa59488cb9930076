// Pooling: each output pixel has a list of the input pixels in its window, and blocks of channels stay in registers while the
// list is processed. In the gradients, each image is processed by one thread, so that overlapping windows are added in a fixed order.
#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "kernels.h"
#include "lanes.h"
#include "ranges.h"

namespace mlpconv {
namespace {

// The pixels of a window, as offsets in floats from a base pixel. Windows fully inside the image share one list.
class Windows {
 public:
  explicit Windows(const ConvShape& shape) : s(shape), inside(size()), clipped(size()) {
    int32_t* next = inside.data();
    for (int y = 0; y < s.kernel_height; y++) {
      for (int x = 0; x < s.kernel_width; x++) *next++ = (y * s.in_width + x) * s.in_channels;
    }
  }

  // Sets base and offsets for the window of output pixel (row, column), row by row, and returns its number of pixels.
  int at(int row, int column, int64_t& base, const int32_t*& offsets) {
    const int top = row * s.stride_height - s.pad_top, left = column * s.stride_width - s.pad_left;
    const int y_end = top + s.kernel_height, x_end = left + s.kernel_width;
    if (top >= 0 && left >= 0 && y_end <= s.in_height && x_end <= s.in_width) {
      base = (int64_t{top} * s.in_width + left) * s.in_channels;
      offsets = inside.data();
      return static_cast<int>(inside.size());
    }
    int count = 0;
    for (int y = std::max(top, 0); y < std::min(y_end, s.in_height); y++) {
      for (int x = std::max(left, 0); x < std::min(x_end, s.in_width); x++) {
        clipped[count++] = (y * s.in_width + x) * s.in_channels;
      }
    }
    base = 0;
    offsets = clipped.data();
    return count;
  }

 private:
  size_t size() const { return static_cast<size_t>(s.kernel_height) * s.kernel_width; }
  const ConvShape& s;
  std::vector<int32_t> inside, clipped;
};

// Calls block.template operator()<N, V>(channel) for blocks of V times N channels: 32 as often as they fit, then 16, 4 and 1. With `again` the
// last 4 channels take the place of the last 1 to 3, some of which are then computed twice.
template <class Block>
inline void for_channels(int channels, bool again, const Block& block) {
  int c = 0;
  for (; c + 32 <= channels; c += 32) block.template operator()<16, 2>(c);
  for (; c + 16 <= channels; c += 16) block.template operator()<16, 1>(c);
  for (; c + 4 <= channels; c += 4) block.template operator()<4, 1>(c);
  if (again && c < channels && channels >= 4) return block.template operator()<4, 1>(channels - 4);
  for (; c < channels; c++) block.template operator()<1, 1>(c);
}

// Replaces a window's maximum where v is larger; NaN is larger than every number, as in PyTorch.
template <class F>
inline auto larger(F v, F best) {
  return (v > best) | (v != v);
}

template <int N, int V>
inline void maximum(const float* x, const int32_t* offsets, int count, float* y) {
  Floats<N> best[V];
  for (auto& value : best) value = Floats<N>{} - std::numeric_limits<float>::infinity();
  for (int tap = 0; tap < count; tap++) {
    for (int j = 0; j < V; j++) {
      const auto v = load<Floats<N>>(x + offsets[tap] + j * N);
      best[j] = larger(v, best[j]) ? v : best[j];
    }
  }
  for (int j = 0; j < V; j++) store(y + j * N, best[j]);
}

template <int N, int V>
inline void maximum_grad(const float* x, const float* dy, const int32_t* offsets, int count, float* dx) {
  Floats<N> best[V], gradient[V];
  Ints<N> at[V];
  for (int j = 0; j < V; j++) {
    best[j] = Floats<N>{} - std::numeric_limits<float>::infinity();
    // The first pixel, if all pixels are -Infinity.
    at[j] = Ints<N>{};
    gradient[j] = load<Floats<N>>(dy + j * N);
  }
  for (int tap = 0; tap < count; tap++) {
    for (int j = 0; j < V; j++) {
      const auto v = load<Floats<N>>(x + offsets[tap] + j * N);
      at[j] = larger(v, best[j]) ? Ints<N>{} + tap : at[j];
      best[j] = larger(v, best[j]) ? v : best[j];
    }
  }
  for (int tap = 0; tap < count; tap++) {
    for (int j = 0; j < V; j++) {
      float* to = dx + offsets[tap] + j * N;
      store(to, load<Floats<N>>(to) + (at[j] == Ints<N>{} + tap ? gradient[j] : Floats<N>{}));
    }
  }
}

template <int N, int V>
inline void mean(const float* x, const int32_t* offsets, int count, float* y) {
  Floats<N> sum[V] = {};
  for (int tap = 0; tap < count; tap++) {
    for (int j = 0; j < V; j++) sum[j] += load<Floats<N>>(x + offsets[tap] + j * N);
  }
  for (int j = 0; j < V; j++) store(y + j * N, sum[j] / static_cast<float>(count));
}

// ONLY: no other window has these pixels.
template <int N, int V, bool ONLY>
inline void spread(const float* dy, const int32_t* offsets, int count, float* dx) {
  for (int j = 0; j < V; j++) {
    const auto part = load<Floats<N>>(dy + j * N) / static_cast<float>(count);
    for (int tap = 0; tap < count; tap++) {
      float* to = dx + offsets[tap] + j * N;
      // Added to zero: -0 becomes 0, as where windows overlap.
      store(to, (ONLY ? Floats<N>{} : load<Floats<N>>(to)) + part);
    }
  }
}

bool windows_overlap(const ConvShape& s) { return s.stride_height < s.kernel_height || s.stride_width < s.kernel_width; }

int64_t in_size(const ConvShape& s) { return int64_t{s.in_height} * s.in_width * s.in_channels; }
int64_t out_size(const ConvShape& s) { return int64_t{s.out_height} * s.out_width * s.in_channels; }

// Calls pixel(x, y, offsets, count) for each output pixel; rows of all images are divided among threads.
template <class Pixel>
int forward(const ConvShape& s, const float* x, float* y, const Pixel& pixel) {
  const int64_t window = int64_t{s.kernel_height} * s.kernel_width;
  for_ranges(int64_t{s.batch} * s.out_height, s.out_width * s.in_channels * window, [&](int64_t begin, int64_t end) {
    Windows windows(s);
    int64_t base;
    const int32_t* offsets;
    for (int64_t i = begin; i < end; i++) {
      const int row = static_cast<int>(i % s.out_height);
      const float* image = x + i / s.out_height * in_size(s);
      for (int column = 0; column < s.out_width; column++) {
        const int count = windows.at(row, column, base, offsets);
        pixel(image + base, y + (i * s.out_width + column) * s.in_channels, offsets, count);
      }
    }
  });
  return 0;
}

// Calls pixel(x, dy, dx, offsets, count) for each output pixel (x may be dx if `pixel` does not read it). dx is zeroed just before it is used,
// so that it is already in the cache.
template <class Pixel>
int backward(const ConvShape& s, const float* x, const float* dy, float* dx, const Pixel& pixel) {
  const int64_t line = int64_t{s.in_width} * s.in_channels;
  for_ranges(s.batch, in_size(s), [&](int64_t begin, int64_t end) {
    Windows windows(s);
    int64_t base;
    const int32_t* offsets;
    for (int64_t i = begin; i < end; i++) {
      float* to = dx + i * in_size(s);
      const float* image = x + i * in_size(s);
      int zeroed = 0;
      const auto zero_to = [&](int row) {
        if (row > zeroed) std::memset(to + zeroed * line, 0, (row - zeroed) * line * sizeof(float));
        zeroed = std::max(zeroed, row);
      };
      for (int row = 0; row < s.out_height; row++) {
        zero_to(std::min(row * s.stride_height - s.pad_top + s.kernel_height, s.in_height));
        for (int column = 0; column < s.out_width; column++) {
          const int count = windows.at(row, column, base, offsets);
          const float* from = dy + i * out_size(s) + (int64_t{row} * s.out_width + column) * s.in_channels;
          pixel(image + base, from, to + base, offsets, count);
        }
      }
      zero_to(s.in_height);
    }
  });
  return 0;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_max_pool(const ConvShape* s, const float* x, float* y) {
  return forward(*s, x, y, [s](const float* image, float* to, const int32_t* offsets, int count) {
    for_channels(s->in_channels, true, [&]<int N, int V>(int c) { maximum<N, V>(image + c, offsets, count, to + c); });
  });
}

int mlpconv_max_pool_grad(const ConvShape* s, const float* x, const float* dy, float* dx) {
  return backward(*s, x, dy, dx, [s](const float* image, const float* from, float* to, const int32_t* offsets, int count) {
    for_channels(s->in_channels, false, [&]<int N, int V>(int c) { maximum_grad<N, V>(image + c, from + c, offsets, count, to + c); });
  });
}

int mlpconv_avg_pool(const ConvShape* s, const float* x, float* y) {
  return forward(*s, x, y, [s](const float* image, float* to, const int32_t* offsets, int count) {
    for_channels(s->in_channels, true, [&]<int N, int V>(int c) { mean<N, V>(image + c, offsets, count, to + c); });
  });
}

int mlpconv_avg_pool_grad(const ConvShape* s, const float* dy, float* dx) {
  // Each window is divided by the same number as in the forward pass: its pixels inside the image.
  const auto run = [&]<bool ONLY>(std::bool_constant<ONLY>) {
    return backward(*s, dx, dy, dx, [s](const float*, const float* from, float* to, const int32_t* offsets, int count) {
      for_channels(s->in_channels, ONLY, [&]<int N, int V>(int c) { spread<N, V, ONLY>(from + c, offsets, count, to + c); });
    });
  };
  return windows_overlap(*s) ? run(std::false_type{}) : run(std::true_type{});
}
