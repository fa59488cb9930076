// Resizes images by tables: the caller says which pixels each row and column of the output is made of, and by which weights.
#include <cstring>

#include "channels.h"
#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

struct Sizes {
  Size batch, in_height, in_width, channels, height, width;

  Sizes(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width)
      : batch(batch), in_height(in_height), in_width(in_width), channels(channels), height(height), width(width) {}

  Size in_pixels() const { return in_height * in_width * channels; }
  Size pixels() const { return height * width * channels; }
};

// Four pixels around a place, and how far it is from the first ones.
struct Corners {
  const float *top_left, *top_right, *bottom_left, *bottom_right;
  float across, down;

  template <int N>
  Floats<N> between(Size c) const {
    using V = Floats<N>;
    const auto mix = [&](const float* left, const float* right) {
      const V first = load<V>(left + c);
      return V(first + (load<V>(right + c) - first) * across);
    };
    const V top = mix(top_left, top_right);
    return top + (mix(bottom_left, bottom_right) - top) * down;
  }
  void advance(Size count) { top_left += count, top_right += count, bottom_left += count, bottom_right += count; }
};

// Faster than memcpy for few channels. Moves any values of 4 bytes.
inline void copy_pixel(Size channels, const float* from, float* to) {
  for_channels(channels, [&]<int N>(Size c) { store(to + c, load<Ints<N>>(from + c)); });
}

// Calls body(image) for all images, in parallel: a gradient is added up by one thread, in one order.
template <class Body>
void for_images(const Sizes& s, const Body& body) {
  for_ranges(s.batch, int64_t{s.in_pixels()} + s.pixels(), [&](int64_t begin, int64_t end) {
    for (int64_t image = begin; image < end; image++) body(image);
  });
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_resize_linear(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                          const int32_t* from, const int32_t* to, const float* share, const float* x, float* y) {
  const Sizes s(batch, in_height, in_width, channels, height, width);
  for_ranges(batch * height, width * channels * 4, [&](int64_t begin, int64_t end) {
    const Size C = s.channels, columns = s.width, last = s.in_pixels() - WIDTH;
    for (Size i = begin; i < end; i++) {
      const Size row = i % s.height;
      const float* image = x + i / s.height * s.in_pixels();
      const float* top = image + from[row] * s.in_width * C;
      const float* bottom = image + to[row] * s.in_width * C;
      float* pixel = y + i * columns * C;
      for (Size j = 0; j < columns; j++, pixel += C) {
        const Size left = from[s.height + j] * C, right = to[s.height + j] * C;
        Corners at{top + left, top + right, bottom + left, bottom + right, share[s.height + j], share[row]};
        // Few channels: a whole vector, whose other values are written again with the next pixels, where all of it is inside.
        if (C < WIDTH && (columns - j) * C >= WIDTH && at.bottom_right <= image + last) {
          store(pixel, at.between<WIDTH>(0));
          continue;
        }
        float* to_channels = pixel;
        Size rest = C;
        for (; rest >= 2 * WIDTH; rest -= 2 * WIDTH, to_channels += 2 * WIDTH) {
          store(to_channels, at.between<WIDTH>(0));
          store(to_channels + WIDTH, at.between<WIDTH>(WIDTH));
          at.advance(2 * WIDTH);
        }
        for_each_channel(rest, [&]<int N>(Size c) { store(to_channels + c, at.between<N>(c)); });
      }
    }
  });
  return 0;
}

int mlpconv_resize_linear_grad(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                               const int32_t* from, const int32_t* to, const float* share, const float* dy, float* dx) {
  const Sizes s(batch, in_height, in_width, channels, height, width);
  for_images(s, [&](int64_t image) {
    float* target = dx + image * s.in_pixels();
    const float* gradient = dy + image * s.pixels();
    std::fill_n(target, s.in_pixels(), 0.0f);
    for (int64_t row = 0; row < height; row++) {
      float* top = target + from[row] * s.in_width * s.channels;
      float* bottom = target + to[row] * s.in_width * s.channels;
      for (int64_t j = 0; j < width; j++) {
        const Size left = from[height + j] * s.channels, right = to[height + j] * s.channels;
        const float across = share[height + j], down = share[row];
        const float* values = gradient + (row * s.width + j) * s.channels;
        // One after the other: the four pixels may be the same ones.
        for_each_channel(s.channels, [&]<int N>(Size c) {
          using V = Floats<N>;
          const V value = load<V>(values + c);
          const auto add = [&](float* pixel, float weight) { store(pixel + c, V(load<V>(pixel + c) + value * weight)); };
          add(top + left, (1 - down) * (1 - across));
          add(top + right, (1 - down) * across);
          add(bottom + left, down * (1 - across));
          add(bottom + right, down * across);
        });
      }
    }
  });
  return 0;
}

int mlpconv_resize_nearest(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                           const int32_t* from, const float* x, float* y) {
  const Sizes s(batch, in_height, in_width, channels, height, width);
  for_ranges(batch * height, width * channels, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const float* row = x + i / height * s.in_pixels() + from[i % height] * in_width * channels;
      float* to = y + i * width * channels;
      if (i > begin && i % height > 0 && from[i % height] == from[i % height - 1]) {
        std::memcpy(to, to - width * channels, width * channels * sizeof(float));
        continue;
      }
      for (int64_t j = 0; j < width; j++) copy_pixel(channels, row + from[height + j] * channels, to + j * channels);
    }
  });
  return 0;
}

int mlpconv_resize_nearest_grad(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                                const int32_t* from, const float* dy, float* dx) {
  const Sizes s(batch, in_height, in_width, channels, height, width);
  for_images(s, [&](int64_t image) {
    float* target = dx + image * s.in_pixels();
    const float* gradient = dy + image * s.pixels();
    std::fill_n(target, s.in_pixels(), 0.0f);
    for (int64_t row = 0; row < height; row++) {
      for (int64_t j = 0; j < width; j++) {
        const float* values = gradient + (row * width + j) * channels;
        float* sum = target + (from[row] * in_width + from[height + j]) * channels;
        for_each_channel(channels, [&]<int N>(Size c) { store(sum + c, load<Floats<N>>(sum + c) + load<Floats<N>>(values + c)); });
      }
    }
  });
  return 0;
}

int mlpconv_move_pixels(int64_t batch, int64_t in_pixels, int64_t channels, int64_t pixels, const int32_t* from, const float* missing,
                        const float* x, float* y) {
  for_ranges(batch * pixels, channels, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int32_t pixel = from[i % pixels];
      copy_pixel(channels, pixel < 0 ? missing : x + (i / pixels * in_pixels + pixel) * channels, y + i * channels);
    }
  });
  return 0;
}
