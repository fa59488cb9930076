// The C ABI of all kernels other than convolutions and matrix products. All functions return 0, or an error code with text from
// mlpconv_error(). Tensors are dense, and float32 unless stated.
#pragma once

#include <cstdint>

#include "api.h"

// memory.cpp: asks for huge pages, and returns the number of bytes before the first 64-byte boundary.
MLPCONV_API int mlpconv_prepare_buffer(void* memory, int64_t bytes);

// pool.cpp: a pooling is described as a convolution with equal in_channels and out_channels.
MLPCONV_API int mlpconv_max_pool(const ConvShape*, const float* x, float* y);
MLPCONV_API int mlpconv_max_pool_grad(const ConvShape*, const float* x, const float* dy, float* dx);
MLPCONV_API int mlpconv_avg_pool(const ConvShape*, const float* x, float* y);
MLPCONV_API int mlpconv_avg_pool_grad(const ConvShape*, const float* dy, float* dx);

// Types of values: floats, integers, and bytes that are 0 or 1.
enum NumberType : int32_t { FLOAT32, INT32, BOOL };

// unary.cpp: alpha and beta are the bounds of CLIP; alpha is the slope of LEAKY_RELU and the value of STEP up to 0. The results have the type
// of x; those of IS_NAN, IS_INF and IS_FINITE are BOOL.
enum UnaryOp : int32_t {
  RELU, SIGMOID, STEP, NEGATE, SQUARE, SQRT, EXP, FLOOR, TANH, ABS, CEIL, CLIP, RELU6, LEAKY_RELU, ELU, SELU, RECIPROCAL, RSQRT, ROUND, SIGN,
  LOG, LOG1P, EXPM1, SOFTPLUS, ERF, SIN, COS, TAN, SINH, COSH, ASIN, ACOS, ATAN, ASINH, ACOSH, ATANH, IS_NAN, IS_INF, IS_FINITE, NOT
};
MLPCONV_API int mlpconv_unary(int op, int type, int64_t count, const void* x, double alpha, double beta, void* y);

// binary.cpp: the results have the type of a and b; those of FLOOR_DIVIDE are INT32, those of comparisons and of logical operations BOOL.
enum BinaryOp : int32_t {
  ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM, SIGMOID_GRAD, ELU_GRAD, SQUARED_DIFFERENCE, POWER, FLOOR_DIVIDE, MODULO, PRELU, ATAN2,
  EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, LOGICAL_AND, LOGICAL_OR, BITWISE_AND
};
// The shape of y; strides of a and b in values, 0 along a broadcast axis. The last axis is dense or broadcast.
struct BroadcastShape {
  int32_t sizes[4], a_strides[4], b_strides[4];
};
MLPCONV_API int mlpconv_binary(int op, int type, const BroadcastShape*, const void* a, const void* b, void* y);

// elementwise.cpp
MLPCONV_API int mlpconv_fill(int64_t count, float value, float* y);
MLPCONV_API int mlpconv_cast(int from, int to, int64_t count, const void* x, void* y);
// y [rows, width]: each row from t where condition [rows] is not 0, otherwise from e.
MLPCONV_API int mlpconv_select(int64_t rows, int64_t width, int type, const uint8_t* condition, const void* t, const void* e, void* y);

// reduce.cpp: x [outer, reduced, inner] to y [outer, inner]; the sum is multiplied by scale.
MLPCONV_API int mlpconv_sum(int64_t outer, int64_t reduced, int64_t inner, float scale, const float* x, float* y);
MLPCONV_API int mlpconv_softmax(int64_t rows, int64_t classes, const float* x, float* y);

// fold.cpp: x [outer, reduced, inner] to y [outer, inner]. The operation states the type of both: float, int32_t or uint8_t.
enum FoldOp : int32_t { MAX_FLOATS, MIN_FLOATS, MAX_INTS, MIN_INTS, SUM_INTS, ALL_BYTES, ANY_BYTES };
MLPCONV_API int mlpconv_fold(int op, int64_t outer, int64_t reduced, int64_t inner, const void* x, void* y);
// The product, computed in float64; `ints` tells whether x and y are int32_t instead of float.
MLPCONV_API int mlpconv_product(int ints, int64_t outer, int64_t reduced, int64_t inner, const void* x, void* y);
// The position of the first largest or, with `smallest`, smallest value. NaN counts only at position 0, where it is the result.
MLPCONV_API int mlpconv_arg_extreme(int ints, int smallest, int64_t outer, int64_t reduced, int64_t inner, const void* x, int32_t* y);

// top-k.cpp: the k largest of each row, in order, and their positions [rows, k]. NaN is the largest; of equal values the first counts.
MLPCONV_API int mlpconv_top_k(int ints, int64_t rows, int64_t columns, int64_t k, const void* x, void* values, int32_t* positions);

// copy-box.cpp: copies a box of values of `bytes` 1 or 4 from x to y, which may be one array if the two boxes do not overlap.
// axes: size[6], x_stride[6], y_stride[6], strides in values, possibly negative; x_begin and y_begin are the places of the first value.
// The last axis is dense on both sides. Fast if the axis before it has the smallest y_stride of the others, and the one before that, where that is
// another axis, the smallest x_stride.
MLPCONV_API int mlpconv_copy_box(int bytes, const int32_t* axes, int64_t x_begin, int64_t y_begin, const void* x, void* y);

// gather.cpp: x [outer, length] to y [outer, count], of values of so many bytes; indices [outer / outer_per_batch, count], below length.
MLPCONV_API int mlpconv_gather(int64_t outer, int64_t outer_per_batch, int64_t length, int64_t count, int64_t bytes,
                               const int32_t* indices, const void* x, void* y);
// updates [count, inner] to the rows of y [_, inner] that indices [count] name, in their order.
enum ScatterOp : int32_t { SET_BYTES, ADD_FLOATS, ADD_INTEGERS };
MLPCONV_API int mlpconv_scatter(int op, int64_t count, int64_t inner, const int32_t* indices, const void* updates, void* y);

// scan.cpp: sums or products along the middle axis of x [outer, length, inner], up to each place or, exclusive, to the one before.
enum ScanOp : int32_t { SUM_FLOATS, PRODUCT_FLOATS, SUM_INTEGERS, PRODUCT_INTEGERS };
MLPCONV_API int mlpconv_scan(int op, int64_t outer, int64_t length, int64_t inner, int exclusive, int reverse, const void* x, void* y);

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

// depthwise.cpp: out_channels is a multiple of in_channels, the filter [kernel_height, kernel_width, in_channels, multiplier].
MLPCONV_API int mlpconv_depthwise_forward(const ConvShape*, int dilation_height, int dilation_width, const float* x, const float* filter,
                                          const float* bias, int relu, float* y);
MLPCONV_API int mlpconv_depthwise_grad_input(const ConvShape*, int dilation_height, int dilation_width, const float* dy,
                                             const float* filter, float* dx);
MLPCONV_API int mlpconv_depthwise_grad_filter(const ConvShape*, int dilation_height, int dilation_width, const float* x, const float* dy,
                                              float* d_filter);

// batch-norm.cpp: channel c is every channels-th value; scale, offset and what is added before the ReLU may be NULL.
MLPCONV_API int mlpconv_batch_norm(int64_t count, int64_t channels, const float* x, const float* mean, const float* variance,
                                   const float* scale, const float* offset, float epsilon, const float* add, int relu, float* y);
// Gradients by each input, the others taken as constants.
MLPCONV_API int mlpconv_batch_norm_grad(int64_t count, int64_t channels, const float* x, const float* mean, const float* variance,
                                        const float* scale, float epsilon, const float* dy, float* dx, float* d_mean,
                                        float* d_variance, float* d_scale, float* d_offset);

// batch-norm-training.cpp: the same y with the statistics of x, which are results; the variance is the biased one. At least one value a channel.
MLPCONV_API int mlpconv_batch_norm_train(int64_t count, int64_t channels, const float* x, const float* scale, const float* offset,
                                         float epsilon, const float* add, int relu, float* y, float* mean, float* variance);
// Gradients by x, scale, offset and, unless d_add is NULL, what was added: dy where the ReLU was active. With d_add the mask comes from y,
// without it from x, and y may be NULL.
MLPCONV_API int mlpconv_batch_norm_train_grad(int64_t count, int64_t channels, const float* x, const float* dy, const float* y,
                                              const float* scale, const float* offset, const float* mean, const float* variance,
                                              float epsilon, int relu, float* dx, float* d_scale, float* d_offset, float* d_add);

// resize-images.cpp: pixels [batch, in_height, in_width, channels] to [batch, height, width, channels]. `from` is the pixel before each place of
// the output: rows [height], then columns [width]. Linear: `to`, the pixel after it or itself, and `share`, the weight of `to`, likewise.
MLPCONV_API int mlpconv_resize_linear(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                                      const int32_t* from, const int32_t* to, const float* share, const float* x, float* y);
MLPCONV_API int mlpconv_resize_linear_grad(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height,
                                           int64_t width, const int32_t* from, const int32_t* to, const float* share, const float* dy,
                                           float* dx);
// Values of 4 bytes of any type.
MLPCONV_API int mlpconv_resize_nearest(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height, int64_t width,
                                       const int32_t* from, const float* x, float* y);
MLPCONV_API int mlpconv_resize_nearest_grad(int64_t batch, int64_t in_height, int64_t in_width, int64_t channels, int64_t height,
                                            int64_t width, const int32_t* from, const float* dy, float* dx);

// y [batch, pixels, channels]: pixel i is pixel from[i] of x [batch, in_pixels, channels], or `missing` [channels] if that is negative.
MLPCONV_API int mlpconv_move_pixels(int64_t batch, int64_t in_pixels, int64_t channels, int64_t pixels, const int32_t* from,
                                    const float* missing, const float* x, float* y);

// response-norm.cpp: y = x * (bias + alpha * the sum of squares of the channels at a distance of at most radius) ^ -beta.
MLPCONV_API int mlpconv_response_norm(int64_t pixels, int64_t channels, int64_t radius, float bias, float alpha, float beta, const float* x,
                                      float* y);
MLPCONV_API int mlpconv_response_norm_grad(int64_t pixels, int64_t channels, int64_t radius, float bias, float alpha, float beta,
                                           const float* x, const float* y, const float* dy, float* dx);

// peak.cpp: fused multiply-adds in registers on all threads, in GFLOP/s (takes half a second).
MLPCONV_API double mlpconv_peak_gflops(void);
