// The C ABI of convolutions, and the choice of the algorithm for a shape.
#include "conv.h"
#include "precision.h"
#include "thread-pool.h"

using namespace mlpconv;

namespace {
// Each thread that calls kernels has its own, like the precision.
thread_local bool exact = false;

constexpr int64_t MOST_VALUES = int64_t{1} << 40;

// Checks along one axis that windows lie within the padded image and that sums of sizes fit into int32.
void check_axis(const char* axis, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t pad) {
  const auto check = [&](bool holds, const char* expected) {
    if (holds) return;
    // Each comes from an int32.
    refuse("convolution: expected %s along %s, got input %d, output %d, kernel %d, stride %d, padding %d", expected, axis,
           static_cast<int>(in), static_cast<int>(out), static_cast<int>(kernel), static_cast<int>(stride), static_cast<int>(pad));
  };
  check(in > 0 && out > 0 && kernel > 0 && stride > 0 && pad >= 0, "positive sizes");
  check(std::max(in, (out - 1) * stride) + kernel + stride + pad <= INT32_MAX, "sizes below 2^31 in sum");
  check(in + pad - (out - 1) * stride - kernel < stride, "an output for every window");
}

void check_shape(const ConvShape& s) {
  check_axis("the height", s.in_height, s.out_height, s.kernel_height, s.stride_height, s.pad_top);
  check_axis("the width", s.in_width, s.out_width, s.kernel_width, s.stride_width, s.pad_left);
  if (s.batch <= 0 || s.in_channels <= 0 || s.out_channels <= 0) {
    refuse("convolution: expected a positive batch and channels, got %d, %d and %d", s.batch, s.in_channels, s.out_channels);
  }
  const auto check_count = [](const char* tensor, double count) {
    if (count > MOST_VALUES) refuse("convolution: expected at most 2^40 values in %s, got more", tensor);
  };
  check_count("the input", 1.0 * s.batch * s.in_height * s.in_width * s.in_channels);
  check_count("the output", 1.0 * s.batch * s.out_height * s.out_width * s.out_channels);
  check_count("the filter", 1.0 * s.kernel_height * s.kernel_width * s.in_channels * s.out_channels);
}

bool by_winograd(const ConvShape& shape) { return !exact && winograd_wins(shape); }

// Whether the input gradient is computed by scattering.
bool by_scattering(const ConvShape& s) {
  const bool strided = s.stride_height != 1 || s.stride_width != 1;
  return precision() == Precision::FULL && (strided || !by_winograd(flipped(s))) && scattering_wins(s);
}
}  // namespace

void mlpconv_set_exact(int value) { exact = value != 0; }

const char* mlpconv_conv_plan(const ConvShape* s, int direction) {
  if (guarded([&] { check_shape(*s); })) return mlpconv_error();
  const bool strided = s->stride_height != 1 || s->stride_width != 1;
  const bool full = precision() == Precision::FULL;
  if (direction == GRAD_INPUT && by_scattering(*s)) return "direct, scattered";
  if (direction == GRAD_INPUT && strided) return full ? "direct, strided" : "direct, strided, bfloat16";
  const ConvShape run = direction == GRAD_INPUT ? flipped(*s) : *s;
  if (!by_winograd(run)) {
    if (pixel_packing(run) > 1) return full ? "direct, pixels side by side" : "direct, pixels side by side, bfloat16";
    return full ? "direct" : "direct, bfloat16";
  }
  const bool three = s->kernel_height == 3;
  if (direction == GRAD_FILTER) return three ? "Winograd F(3x3, 4x4)" : "Winograd F(5x5, 4x4)";
  return three ? "Winograd F(4x4, 3x3)" : "Winograd F(4x4, 5x5)";
}

int mlpconv_conv_forward(const ConvShape* s, const float* x, const float* filter, const float* bias, int relu, float* y) {
  return guarded([&] {
    check_shape(*s);
    const auto run = by_winograd(*s) ? winograd_forward : direct_forward;
    run(*s, {x}, filter, Filter::AS_IS, bias, relu != 0, y);
  });
}

int mlpconv_conv_grad_input(const ConvShape* s, const float* dy, const float* y, const float* filter, float* dx) {
  return guarded([&] {
    check_shape(*s);
    if (by_scattering(*s)) return scatter_grad_input(*s, {dy, y}, filter, dx);
    if (s->stride_height != 1 || s->stride_width != 1) return direct_grad_input_strided(*s, {dy, y}, filter, dx);
    const ConvShape back = flipped(*s);
    const auto run = by_winograd(back) ? winograd_forward : direct_forward;
    run(back, {dy, y}, filter, Filter::FLIPPED, nullptr, false, dx);
  });
}

int mlpconv_conv_grad_filter(const ConvShape* s, const float* x, const float* dy, const float* y, float* d_filter, float* d_bias) {
  return guarded([&] {
    check_shape(*s);
    const auto run = by_winograd(*s) ? winograd_grad_filter : direct_grad_filter;
    run(*s, x, {dy, y}, d_filter, d_bias);
  });
}
