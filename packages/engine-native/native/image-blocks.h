// How filter gradients go through a batch: a share of its images for each thread, and of these a few at a time, whose windows then lie in one
// piece of memory. Images are read where they are, or from a copy with a border of zeros if windows reach beyond them.
#pragma once

#include "conv.h"
#include "scratch.h"
#include "thread-pool.h"

namespace mlpconv {

struct ImageBlocks {
  int64_t pixels;  // of an output image
  int64_t shares;
  int64_t images;               // at most, of a block
  int64_t line;                 // values from a row of windows' pixels to the next
  std::vector<int64_t> starts;  // where the window of each output pixel of a block begins

  // `pixels_per_block`: output pixels of a block, unless one image has more
  ImageBlocks(const ConvShape& s, int64_t pixels_per_block) : pixels(int64_t{s.out_height} * s.out_width), shape(s) {
    const int64_t under_width = int64_t{s.out_width - 1} * s.stride_width + s.kernel_width;
    rows = int64_t{s.out_height - 1} * s.stride_height + s.kernel_height;
    copies = s.pad_top || s.pad_left || under_width > s.in_width || rows > s.in_height;
    width = copies ? under_width : s.in_width;
    line = width * s.in_channels;
    in_image = int64_t{s.in_height} * s.in_width * s.in_channels;
    image_size = copies ? rows * line : in_image;
    shares = std::min<int64_t>(mlpconv_threads(), s.batch);
    images = std::clamp<int64_t>(pixels_per_block / pixels, 1, ceil_div(s.batch, shares));
    starts.reserve(images * pixels);
    for (int64_t image = 0; image < images; image++) {
      for (int64_t row = 0; row < s.out_height; row++) {
        for (int64_t column = 0; column < s.out_width; column++) {
          starts.push_back(image * image_size + row * s.stride_height * line + column * s.stride_width * s.in_channels);
        }
      }
    }
  }

  // The memory that `starts` refers to, for `count` images of x from `first`; valid until this thread calls it again.
  const float* windows(const float* x, int64_t first, int64_t count) const {
    if (!copies) return x + first * in_image;
    float* border = scratch(THREAD_INPUT, images * image_size);
    for (int64_t i = 0; i < count; i++) copy_rows(shape, {x + (first + i) * in_image}, 0, rows, width, border + i * image_size);
    return border;
  }

 private:
  const ConvShape& shape;
  bool copies;
  int64_t rows, width, in_image, image_size;
};

}  // namespace mlpconv
