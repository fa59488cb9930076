// Resizes levels 0-255 to pixels in [0, 1], as PIL resizes 8-bit images with its bilinear filter: a triangle around each new
// pixel's centre, wider when shrinking; first rows, rounded to whole levels, then columns, rounded again. Computed in PIL's integer arithmetic,
// because floating-point sums could be rounded to either side of half a level.
#include <cmath>
#include <vector>

#include "kernels.h"
#include "scratch.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

// Fractional bits of a weight: 255 times the weights of a pixel, which sum to about 1, fills 30 bits.
constexpr int BITS = 22;
constexpr int32_t HALF = 1 << (BITS - 1);

// Weights for new pixel j: `taps` old pixels from first[j], with weights from weight[j * taps].
struct Triangles {
  int64_t taps = 1;
  std::vector<int64_t> first;
  std::vector<int32_t> weight;

  Triangles(int64_t from, int64_t to) : first(to) {
    const double scale = double(from) / double(to), support = std::max(scale, 1.0);
    taps = std::min(from, static_cast<int64_t>(std::ceil(2 * support)) + 1);
    weight.resize(to * taps);
    for (int64_t j = 0; j < to; j++) {
      const double centre = (j + 0.5) * scale;
      // The last windows start early enough to lie inside the image; their excess pixels have weight 0.
      const int64_t begin = std::max<int64_t>(0, static_cast<int64_t>(std::floor(centre - support + 0.5)));
      const int64_t end = std::min(from, static_cast<int64_t>(std::floor(centre + support + 0.5)));
      first[j] = std::min(begin, from - taps);
      const auto triangle = [&](int64_t i) {
        return i < begin || i >= end ? 0.0 : std::max(0.0, 1 - std::abs((i + 0.5 - centre) / support));
      };
      double sum = 0;
      for (int64_t i = 0; i < taps; i++) sum += triangle(first[j] + i);
      for (int64_t i = 0; i < taps; i++)
        weight[j * taps + i] = static_cast<int32_t>(std::floor(triangle(first[j] + i) / sum * (1 << BITS) + 0.5));
    }
  }
};

}  // namespace
}  // namespace mlpconv

int mlpconv_resize_levels(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                          const int32_t* levels, float* y) {
  using namespace mlpconv;
  return guarded([&] {
    const Triangles across(in_width, width), down(in_height, height);
    const int64_t line = width * channels;
    parallel_for(batch, [&](int64_t image) {
      const int32_t* from = levels + image * in_height * in_width * channels;
      int32_t* wide = reinterpret_cast<int32_t*>(scratch(THREAD_INPUT, in_height * line));
      for (int64_t row = 0; row < in_height; row++) {
        const int32_t* pixels = from + row * in_width * channels;
        int32_t* to = wide + row * line;
        for (int64_t j = 0; j < width; j++) {
          for (int64_t c = 0; c < channels; c++) {
            int32_t sum = HALF;
            for (int64_t i = 0; i < across.taps; i++)
              sum += across.weight[j * across.taps + i] * pixels[(across.first[j] + i) * channels + c];
            to[j * channels + c] = sum >> BITS;
          }
        }
      }
      int32_t* sums = reinterpret_cast<int32_t*>(scratch(THREAD_OUTPUT, line));
      for (int64_t j = 0; j < height; j++) {
        std::fill_n(sums, line, HALF);
        for (int64_t i = 0; i < down.taps; i++) {
          const int32_t weight = down.weight[j * down.taps + i];
          const int32_t* row = wide + (down.first[j] + i) * line;
          if (weight != 0) for (int64_t x = 0; x < line; x++) sums[x] += weight * row[x];
        }
        float* to = y + (image * height + j) * line;
        for (int64_t x = 0; x < line; x++) to[x] = static_cast<float>(sums[x] >> BITS) / 255.0f;
      }
    });
  });
}
