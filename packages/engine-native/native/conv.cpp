// The C ABI of convolutions, and which algorithm a shape gets.
#include "conv.h"
#include "thread-pool.h"

using namespace mlpconv;

namespace {
bool exact = false;

bool by_winograd(const ConvShape& shape) { return !exact && winograd_wins(shape); }
}  // namespace

void mlpconv_set_exact(int value) { exact = value != 0; }

const char* mlpconv_conv_plan(const ConvShape* s, int direction) {
  const bool strided = s->stride_height != 1 || s->stride_width != 1;
  if (direction == GRAD_INPUT && strided) return "direct, strided";
  if (!by_winograd(direction == GRAD_INPUT ? turned(*s) : *s)) return "direct";
  const bool three = s->kernel_height == 3;
  if (direction == GRAD_FILTER) return three ? "Winograd F(3x3, 4x4)" : "Winograd F(5x5, 4x4)";
  return three ? "Winograd F(4x4, 3x3)" : "Winograd F(4x4, 5x5)";
}

int mlpconv_conv_forward(const ConvShape* s, const float* x, const float* filter, const float* bias, int relu, float* y) {
  return guarded([&] {
    const auto run = by_winograd(*s) ? winograd_forward : direct_forward;
    run(*s, {x}, filter, Filter::AS_IS, bias, relu != 0, y);
  });
}

int mlpconv_conv_grad_input(const ConvShape* s, const float* dy, const float* y, const float* filter, float* dx) {
  return guarded([&] {
    if (s->stride_height != 1 || s->stride_width != 1) return direct_grad_input_strided(*s, {dy, y}, filter, dx);
    const ConvShape back = turned(*s);
    const auto run = by_winograd(back) ? winograd_forward : direct_forward;
    run(back, {dy, y}, filter, Filter::TURNED, nullptr, false, dx);
  });
}

int mlpconv_conv_grad_filter(const ConvShape* s, const float* x, const float* dy, const float* y, float* d_filter, float* d_bias) {
  return guarded([&] {
    const auto run = by_winograd(*s) ? winograd_grad_filter : direct_grad_filter;
    run(*s, x, {dy, y}, d_filter, d_bias);
  });
}
