// Local response normalisation over channels, and its gradient: squares of a pixel between zeros, so that the sums over neighbours are a few
// shifted vectors.
#include <cmath>

#include "channels.h"
#include "kernels.h"
#include "ranges.h"
#include "scratch.h"

namespace mlpconv {
namespace {

// sums[c] = the values at a distance of at most `radius` from c; values has `radius` zeros on both sides.
void sum_neighbours(Size channels, Size radius, const float* values, float* sums) {
  for_channels(channels, [&]<int N>(Size c) {
    Floats<N> sum{};
    MLPCONV_FEW_STEPS
    for (Size i = 0; i <= 2 * radius; i++) sum += load<Floats<N>>(values + c + i);
    store(sums + c, sum);
  });
}

// values[c] = values[c] ^ -beta. AlexNet's 0.75 needs no logarithm.
void negative_power(Size channels, float beta, float* values) {
  if (beta == 0.75f) {
    for (Size c = 0; c < channels; c++) {
      const float root = std::sqrt(values[c]);
      values[c] = 1.0f / (root * std::sqrt(root));
    }
  } else {
    MLPCONV_FEW_STEPS
    for (Size c = 0; c < channels; c++) values[c] = std::pow(values[c], -beta);
  }
}

// Working memory of one thread for a pixel.
struct Pixel {
  Size channels, radius;
  float *padded, *values, *sums, *powers;

  Pixel(Size channels, Size radius) : channels(channels), radius(radius) {
    padded = scratch(THREAD_INPUT, channels + 2 * radius);
    std::fill_n(padded, channels + 2 * radius, 0.0f);
    values = padded + radius;
    sums = scratch(THREAD_OUTPUT, 2 * channels);
    powers = sums + channels;
  }

  // sums[c] = bias + alpha * the sum of squares around c; powers[c] = sums[c] ^ -beta.
  void normalise(const float* x, float bias, float alpha, float beta) {
    for_channels(channels, [&]<int N>(Size c) { store(values + c, load<Floats<N>>(x + c) * load<Floats<N>>(x + c)); });
    sum_neighbours(channels, radius, padded, sums);
    for (Size c = 0; c < channels; c++) powers[c] = sums[c] = bias + alpha * sums[c];
    negative_power(channels, beta, powers);
  }
};

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_response_norm(int64_t pixels, int64_t channels, int64_t radius, float bias, float alpha, float beta, const float* x,
                          float* y) {
  return guarded([&] {
    for_ranges(pixels, channels * (2 * radius + 8), [&](int64_t begin, int64_t end) {
      Pixel pixel(channels, radius);
      for (int64_t i = begin; i < end; i++) {
        const float* from = x + i * channels;
        float* __restrict to = y + i * channels;
        pixel.normalise(from, bias, alpha, beta);
        for (int64_t c = 0; c < channels; c++) to[c] = from[c] * pixel.powers[c];
      }
    });
  });
}

int mlpconv_response_norm_grad(int64_t pixels, int64_t channels, int64_t radius, float bias, float alpha, float beta, const float* x,
                               const float* y, const float* dy, float* dx) {
  return guarded([&] {
    for_ranges(pixels, channels * (4 * radius + 16), [&](int64_t begin, int64_t end) {
      Pixel pixel(channels, radius);
      for (int64_t i = begin; i < end; i++) {
        const float *from = x + i * channels, *out = y + i * channels, *gradient = dy + i * channels;
        float* __restrict to = dx + i * channels;
        pixel.normalise(from, bias, alpha, beta);
        for (int64_t c = 0; c < channels; c++) pixel.values[c] = gradient[c] * out[c] / pixel.sums[c];
        sum_neighbours(channels, radius, pixel.padded, pixel.sums);
        for (int64_t c = 0; c < channels; c++)
          to[c] = gradient[c] * pixel.powers[c] - 2 * alpha * beta * from[c] * pixel.sums[c];
      }
    });
  });
}
