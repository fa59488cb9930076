// The C ABI of everything that is not a convolution or a matrix product. All functions return 0, or an error code with text from
// mlpconv_error(). Tensors are dense; float32 unless said.
#pragma once

#include <cstdint>

#include "api.h"

// memory.cpp: asks for huge pages and returns how many bytes lie before the first 64-byte boundary.
MLPCONV_API int mlpconv_prepare_buffer(void* memory, int64_t bytes);

// pool.cpp: a pooling is said as a convolution whose in_channels and out_channels are equal.
MLPCONV_API int mlpconv_max_pool(const ConvShape*, const float* x, float* y);
MLPCONV_API int mlpconv_max_pool_grad(const ConvShape*, const float* x, const float* dy, float* dx);
MLPCONV_API int mlpconv_avg_pool(const ConvShape*, const float* x, float* y);
MLPCONV_API int mlpconv_avg_pool_grad(const ConvShape*, const float* dy, float* dx);

// elementwise.cpp
enum UnaryOp : int32_t { RELU, SIGMOID, STEP, NEGATE, SQUARE, SQRT, EXP, FLOOR, TANH };
enum BinaryOp : int32_t { ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM, SIGMOID_GRAD };
MLPCONV_API int mlpconv_unary(int op, int64_t count, const float* x, float alpha, float* y);
// shape[4] of y; strides of a and b in floats, 0 along an axis that is broadcast. The last axis is dense or broadcast.
MLPCONV_API int mlpconv_binary(int op, const int32_t* shape, const int32_t* a_strides, const int32_t* b_strides,
                                  const float* a, const float* b, float* y);
MLPCONV_API int mlpconv_fill(int64_t count, float value, float* y);
MLPCONV_API int mlpconv_cast_int32(int64_t count, const int32_t* x, float* y);

// reduce.cpp: x [outer, reduced, inner] to y [outer, inner]; the sum is multiplied by scale.
MLPCONV_API int mlpconv_sum(int64_t outer, int64_t reduced, int64_t inner, float scale, const float* x, float* y);
MLPCONV_API int mlpconv_max(int64_t outer, int64_t reduced, int64_t inner, const float* x, float* y);
MLPCONV_API int mlpconv_softmax(int64_t rows, int64_t classes, const float* x, float* y);

// transpose.cpp: copies without arithmetic.
// x [batch, rows, columns, run] to y [batch, columns, rows, run]
MLPCONV_API int mlpconv_transpose(int64_t batch, int64_t rows, int64_t columns, int64_t run, const float* x, float* y);
// Copies a box of `size`[4] from x of `x_shape`[4], at `x_begin`[4], to y of `y_shape`[4], at `y_begin`[4].
MLPCONV_API int mlpconv_copy_box(const int32_t* size, const int32_t* x_shape, const int32_t* x_begin,
                                    const int32_t* y_shape, const int32_t* y_begin, const float* x, float* y);

// resize.cpp: levels 0-255 [batch, in_height, in_width, channels] to y [batch, height, width, channels] in [0, 1].
MLPCONV_API int mlpconv_resize_levels(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height,
                                         int64_t width, const int32_t* levels, float* y);

// softmax-cross-entropy.cpp: labels [batch]; the mean loss and its gradient, [batch, classes].
MLPCONV_API int mlpconv_softmax_cross_entropy(int64_t batch, int64_t classes, const float* logits, const int32_t* labels,
                                                 float* loss, float* d_logits);

// dropout.cpp: y = x * (bits < threshold ? 0 : kept), with Threefry's bits at counter ((offset + index) / 2, block).
MLPCONV_API int mlpconv_dropout(int64_t count, int64_t offset, uint32_t key0, uint32_t key1, uint32_t block, double threshold, float kept,
                                   const float* x, float* y);

// optimizer.cpp: one step of SGD; velocity may be NULL (momentum 0). Outputs may be the inputs themselves.
MLPCONV_API int mlpconv_sgd(int64_t count, float learning_rate, float momentum, int nesterov, float kept_weight,
                               const float* weight, const float* velocity, const float* gradient, float* new_weight,
                               float* new_velocity);
// One step of Adam with decoupled weight decay; the caller corrects for the moments' start at zero. Outputs may be the inputs themselves.
MLPCONV_API int mlpconv_adam(int64_t count, float learning_rate, double beta1, double beta2, float epsilon, float correction,
                                float kept_weight, const float* weight, const float* mean, const float* square,
                                const float* gradient, float* new_weight, float* new_mean, float* new_square);

// peak.cpp: fused multiply-adds in registers on all threads, in GFLOP/s (takes half a second).
MLPCONV_API double mlpconv_peak_gflops(void);
