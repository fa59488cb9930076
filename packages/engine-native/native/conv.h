// Declarations shared by the convolution files. conv.cpp has the C ABI and selects the algorithm; the others implement them.
#pragma once

#include <vector>

#include "api.h"
#include "vector.h"

namespace mlpconv {

// Values with an optional mask of the same shape: they count where the mask is positive, or everywhere if it is null.
struct Masked {
  const float* values;
  const float* mask = nullptr;
};

// How a filter [kernel_height, kernel_width, in_channels, out_channels] is read: unchanged or, for the input gradient, rotated by 180
// degrees with in and out channels exchanged (the shape is then that of the gradient's convolution).
enum class Filter { AS_IS, FLIPPED };

void direct_forward(const ConvShape&, Masked x, const float* filter, Filter, const float* bias, bool relu, float* y);
void direct_grad_input_strided(const ConvShape&, Masked dy, const float* filter, float* dx);
void direct_grad_filter(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);
// amx-filter-gradient.cpp: the same for AMX and its emulation.
template <class Factor>
void grad_filter_in_tiles(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);

// conv-narrow.cpp: number of adjacent pixels that the direct kernels treat as one to fill their vectors; 1 if that is not faster.
int pixel_packing(const ConvShape&);
// The convolution that treats them as one pixel.
ConvShape widened(ConvShape, int packing);
void narrow_forward(const ConvShape&, int packing, Masked x, const float* filter, Filter, const float* bias, bool relu, float* y);
void narrow_grad_filter(const ConvShape&, int packing, const float* x, Masked dy, float* d_filter, float* d_bias);

// conv-filter-gradient-in-place.cpp: the filter gradient of convolutions with few channels, in float32.
bool in_place_wins(const ConvShape&);
void in_place_grad_filter(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);

// conv-scatter.cpp: the input gradient of convolutions with few input channels or with strides, in float32.
bool scattering_wins(const ConvShape&);
void scatter_grad_input(const ConvShape&, Masked dy, const float* filter, float* dx);

// The convolution of dy that gives the input gradient, for strides of 1.
ConvShape flipped(const ConvShape&);

bool winograd_wins(const ConvShape&);
void winograd_forward(const ConvShape&, Masked x, const float* filter, Filter, const float* bias, bool relu, float* y);
void winograd_grad_filter(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);

// Copies `rows` rows from `first_row` of the padded image (row 0 is the first row of padding) into `to`, in rows of `width`
// pixels, with zeros outside of the image.
void copy_rows(const ConvShape&, Masked image, int64_t first_row, int64_t rows, int64_t width, float* to);

}  // namespace mlpconv
