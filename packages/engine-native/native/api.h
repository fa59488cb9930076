// The C ABI of convolutions, matrix products and the library as a whole: float32, NHWC images, HWIO filters. Functions that compute
// return 0, or an error code with text from mlpconv_error().
#pragma once

#include <cstdint>

#ifdef _WIN32
#define MLPCONV_API extern "C" __declspec(dllexport)
#else
#define MLPCONV_API extern "C" __attribute__((visibility("default")))
#endif

struct ConvShape {
  int32_t batch, in_height, in_width, in_channels, out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width, stride_height, stride_width, pad_top, pad_left;
};

// y = relu(conv(x, filter) + bias), with bias and relu optional.
MLPCONV_API int mlpconv_conv_forward(const ConvShape*, const float* x, const float* filter, const float* bias, int relu, float* y);
// If y is given, dy counts only where y > 0.
MLPCONV_API int mlpconv_conv_grad_input(const ConvShape*, const float* dy, const float* y, const float* filter, float* dx);
MLPCONV_API int mlpconv_conv_grad_filter(const ConvShape*, const float* x, const float* dy, const float* y, float* d_filter,
                                         float* d_bias);
// c[m, n] = relu(a b + bias), a [m, k] or transposed [k, m], b [k, n] or transposed [n, k].
MLPCONV_API int mlpconv_matmul(int m, int n, int k, const float* a, int transpose_a, const float* b, int transpose_b,
                               const float* bias, int relu, float* c);
// Sets the number of threads of the whole process, fewer if the system refuses more; mlpconv_threads() returns it.
MLPCONV_API void mlpconv_set_threads(int count);
MLPCONV_API int mlpconv_threads(void);
// 1 disables, in calls of this thread, transforms that round differently from the direct sum.
MLPCONV_API void mlpconv_set_exact(int exact);
// Chooses what direct convolutions and matrix products of this thread multiply: a number of Precision in precision.h; an error on a CPU that lacks it.
MLPCONV_API int mlpconv_set_precision(int precision);
// The choice, in place of 1 what it chose.
MLPCONV_API int mlpconv_precision(void);
// Name of the algorithm that a convolution uses in that direction.
enum Direction : int32_t { FORWARD, GRAD_INPUT, GRAD_FILTER };
MLPCONV_API const char* mlpconv_conv_plan(const ConvShape*, int direction);
MLPCONV_API const char* mlpconv_error(void);
MLPCONV_API const char* mlpconv_isa(void);
