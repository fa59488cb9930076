// What the convolution files share. conv.cpp has the C ABI and chooses; conv-direct.cpp, conv-filter-gradient.cpp and winograd.cpp
// compute.
#pragma once

#include <vector>

#include "api.h"
#include "vector.h"

namespace mlpconv {

// Where the values of y count: everywhere (mask null), or where the mask of the same shape is positive.
struct Masked {
  const float* values;
  const float* mask = nullptr;
};

// How a filter [kernel_height, kernel_width, in_channels, out_channels] is read: as it is, or for the input gradient: flipped by 180
// degrees, with in and out channels changing places (the shape is then that of the gradient's convolution).
enum class Filter { AS_IS, FLIPPED };

void direct_forward(const ConvShape&, Masked x, const float* filter, Filter, const float* bias, bool relu, float* y);
void direct_grad_input_strided(const ConvShape&, Masked dy, const float* filter, float* dx);
void direct_grad_filter(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);

// conv-narrow.cpp: how many neighbouring pixels the direct kernels compute as one, to fill their vectors; 1 where it does not pay.
int pixel_packing(const ConvShape&);
// The convolution that gives them as one pixel.
ConvShape widened(ConvShape, int packing);
void narrow_forward(const ConvShape&, int packing, Masked x, const float* filter, Filter, const float* bias, bool relu, float* y);
void narrow_grad_filter(const ConvShape&, int packing, const float* x, Masked dy, float* d_filter, float* d_bias);

// The convolution of dy that is the input gradient of one with strides of 1.
ConvShape flipped(const ConvShape&);

bool winograd_wins(const ConvShape&);
void winograd_forward(const ConvShape&, Masked x, const float* filter, Filter, const float* bias, bool relu, float* y);
void winograd_grad_filter(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);

// Copies `rows` rows from `first_row` (of the image as its windows see it: 0 is the first row of the padding) into `to`, rows of `width`
// pixels, zeros where there is no image.
void copy_rows(const ConvShape&, Masked image, int64_t first_row, int64_t rows, int64_t width, float* to);

}  // namespace mlpconv
