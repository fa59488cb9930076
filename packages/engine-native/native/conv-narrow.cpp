// Convolutions with few output channels, which would leave most lanes of a vector unused: `packing` adjacent pixels of a row are treated as one
// pixel with `packing` times the channels. The layout of y is unchanged; the filter is widened, with zeros where the pixels' windows do not
// overlap. LeNet's first layer (6 channels, 5 columns) then uses 62 % of the lanes instead of 37 %. A NaN or infinity in x also affects
// the other pixels of its vector.
#include "conv.h"

namespace mlpconv {
namespace {

constexpr int64_t MOST_WEIGHTS = 1 << 15;

// Share of the computed products that are not with added zeros or unused lanes.
double useful(const ConvShape& s, int packing) {
  const int64_t lanes = int64_t{packing} * s.out_channels;
  return 1.0 * lanes / (ceil_div(lanes, WIDTH) * WIDTH) * s.kernel_width / (s.kernel_width + (packing - 1.0) * s.stride_width);
}

// Calls body(tap and channel of the widened filter, pixel, tap of the filter, input channel).
template <class Body>
void each_weight(const ConvShape& s, int packing, const Body& body) {
  const int64_t columns = widened(s, packing).kernel_width, in = s.in_channels;
  for (int64_t row = 0; row < s.kernel_height; row++) {
    for (int64_t column = 0; column < s.kernel_width; column++) {
      for (int64_t pixel = 0; pixel < packing; pixel++) {
        const int64_t wide = row * columns + column + pixel * s.stride_width;
        for (int64_t i = 0; i < in; i++) body(wide * in + i, pixel, row * s.kernel_width + column, i);
      }
    }
  }
}

}  // namespace

int pixel_packing(const ConvShape& s) {
  int best = 1;
  for (int packing = 2; int64_t{packing} * s.out_channels <= WIDTH; packing++) {
    const int64_t columns = s.kernel_width + (packing - 1) * int64_t{s.stride_width};
    if (s.out_width % packing || s.kernel_height * columns * s.in_channels * s.out_channels * packing > MOST_WEIGHTS) continue;
    if (useful(s, packing) > 1.1 * useful(s, best)) best = packing;
  }
  return best;
}

ConvShape widened(ConvShape s, int packing) {
  s.kernel_width += (packing - 1) * s.stride_width;
  s.stride_width *= packing;
  s.out_width /= packing;
  s.out_channels *= packing;
  return s;
}

void narrow_forward(const ConvShape& s, int packing, Masked x, const float* filter, Filter way, const float* bias, bool relu, float* y) {
  const ConvShape wide = widened(s, packing);
  const int64_t in = s.in_channels, out = s.out_channels, taps = int64_t{s.kernel_height} * s.kernel_width;
  std::vector<float> weights(int64_t{wide.kernel_height} * wide.kernel_width * in * wide.out_channels), biases;
  each_weight(s, packing, [&](int64_t row, int64_t pixel, int64_t tap, int64_t i) {
    float* to = weights.data() + row * wide.out_channels + pixel * out;
    for (int64_t o = 0; o < out; o++) {
      to[o] = way == Filter::AS_IS ? filter[(tap * in + i) * out + o] : filter[((taps - 1 - tap) * out + o) * in + i];
    }
  });
  for (int pixel = 0; bias && pixel < packing; pixel++) biases.insert(biases.end(), bias, bias + out);
  direct_forward(wide, x, weights.data(), Filter::AS_IS, bias ? biases.data() : nullptr, relu, y);
}

void narrow_grad_filter(const ConvShape& s, int packing, const float* x, Masked dy, float* d_filter, float* d_bias) {
  const ConvShape wide = widened(s, packing);
  const int64_t in = s.in_channels, out = s.out_channels;
  std::vector<float> weights(int64_t{wide.kernel_height} * wide.kernel_width * in * wide.out_channels), biases(wide.out_channels);
  direct_grad_filter(wide, x, dy, weights.data(), d_bias ? biases.data() : nullptr);
  each_weight(s, packing, [&](int64_t row, int64_t pixel, int64_t tap, int64_t i) {
    const float* from = weights.data() + row * wide.out_channels + pixel * out;
    float* to = d_filter + (tap * in + i) * out;
    for (int64_t o = 0; o < out; o++) to[o] = (pixel > 0 ? to[o] : 0) + from[o];
  });
  for (int64_t o = 0; d_bias && o < out; o++) {
    d_bias[o] = 0;
    for (int pixel = 0; pixel < packing; pixel++) d_bias[o] += biases[pixel * out + o];
  }
}

}  // namespace mlpconv
