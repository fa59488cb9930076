// The input gradient of convolutions with few input channels, whose vectors the direct convolution of dy would leave mostly empty, and of those
// with strides, which it would divide into several. The values of
// dx under a row of taps are adjacent (kernel_width * in_channels): for each output column, a product of that width is added to them,
// summed over the output channels and the rows of taps that reach the row of dx. Nothing is multiplied with padding.
//
// Rows of dx that the same rows of taps reach are computed together, in several images at a time, column by column: a tile's windows lie in
// different rows, so that no sum waits for the one before.
#include <cmath>

#include "conv.h"
#include "panels.h"
#include "ranges.h"
#include "scratch.h"
#include "thread-pool.h"
#include "tiles.h"

namespace mlpconv {
namespace {

constexpr int64_t BLOCK_FLOATS = 128 << 10;  // dy and dx of a block of images: half of the L2 cache

// Vector multiply-adds of the convolution of dy, which a stride divides into phases.
double direct_products(const ConvShape& s) {
  const ConvShape back = flipped(s);
  const ConvShape run = widened(back, pixel_packing(back));
  const double taps = 1.0 * run.kernel_height * run.kernel_width / s.stride_height / s.stride_width;
  return taps * run.out_height * run.out_width * run.in_channels * ceil_div(run.out_channels, WIDTH);
}

// Rows of dx that the same rows of taps reach: first_row, first_row + stride_height, ... (`rows` of them). The j-th tap of their phase multiplies the
// row of dy that is j above row first_row / stride_height.
struct Group {
  int64_t first_row, rows;  // of the image with padding
  int64_t phase, first_tap, taps;
};

std::vector<Group> groups_of(const ConvShape& s) {
  std::vector<Group> groups;
  for (int64_t phase = 0; phase < s.stride_height; phase++) {
    const int64_t taps = phase < s.kernel_height ? ceil_div(s.kernel_height - phase, s.stride_height) : 0;
    for (int64_t row = phase; row < s.pad_top + s.in_height; row += s.stride_height) {
      if (row < s.pad_top) continue;
      const int64_t last = row / s.stride_height, first_tap = std::max<int64_t>(0, last - s.out_height + 1);
      const int64_t count = std::min(taps, last + 1) - first_tap;
      if (count <= 0) continue;
      Group* before = groups.empty() ? nullptr : &groups.back();
      if (before && before->phase == phase && before->first_tap == first_tap && before->taps == count) before->rows++;
      else groups.push_back({row, 1, phase, first_tap, count});
    }
  }
  return groups;
}

}  // namespace

bool scattering_wins(const ConvShape& s) {
  const double run = 1.0 * s.kernel_width * s.in_channels;
  const double scattered = 1.0 * s.out_height * s.out_width * s.kernel_height * std::ceil(run / WIDTH) * (s.out_channels + 2);
  const bool strided = s.stride_height != 1 || s.stride_width != 1;
  return scattered < (strided ? 1.1 : 0.8) * direct_products(s);
}

void scatter_grad_input(const ConvShape& s, Masked dy, const float* filter, float* dx) {
  const int64_t out = s.out_channels, run = int64_t{s.kernel_width} * s.in_channels;
  const int64_t out_line = s.out_width * out, out_image = s.out_height * out_line;
  // With padding at the sides, sums are made in rows with a border, which is cut off.
  const int64_t under_width = int64_t{s.out_width - 1} * s.stride_width + s.kernel_width;
  const bool bordered = s.pad_left || under_width > s.in_width;
  const int64_t width = bordered ? std::max<int64_t>(under_width, s.pad_left + s.in_width) : s.in_width;
  const int64_t line = width * s.in_channels, image = s.in_height * line;
  const int64_t in_line = int64_t{s.in_width} * s.in_channels, in_image = s.in_height * in_line;

  // Panels of the filter's rows of taps, transposed, phase by phase: [panel][row][out][width].
  const Panels panels(run);
  float* packed = scratch(CALLER_FILTER, s.kernel_height * panels.padded() * out);
  std::vector<int64_t> first_of_phase;
  int64_t place = 0;
  for (int64_t phase = 0; phase < s.stride_height; phase++) {
    first_of_phase.push_back(place);
    for (int64_t row = phase; row < s.kernel_height; row += s.stride_height, place++) {
      for (int64_t panel = 0; panel < panels.count; panel++) {
        const int64_t first = panels.first(panel), wide = panels.width(panel);
        pack_panel(filter + (row * run + first) * out, out, true, out, panels.columns_of(panel), wide,
                   packed + (first * s.kernel_height + place * wide) * out);
      }
    }
  }

  const std::vector<Group> groups = groups_of(s);
  // As many images as fill a tile with windows in different rows.
  const int64_t threads = mlpconv_threads(), share = ceil_div(s.batch, threads);
  const int64_t most = std::clamp<int64_t>(BLOCK_FLOATS / (out_image + image), 1, MAX_ROWS);
  const int64_t images_per_block = ceil_div(share, ceil_div(share, most)), blocks = ceil_div(s.batch, images_per_block);

  const auto add_group = [&](const Group& group, int64_t images, const float* from, float* to) {
    from += (group.first_row / s.stride_height - group.first_tap) * out_line;
    to += (group.first_row - s.pad_top) * line;
    const int64_t per_column = images * group.rows, count = s.out_width * per_column;
    for (int64_t panel = 0; panel < panels.count; panel++) {
      const int64_t first = panels.first(panel);
      const float* taps = packed + (first * s.kernel_height + (first_of_phase[group.phase] + group.first_tap) * panels.width(panel)) * out;
      with_vectors(panels.vectors_of(panel), [&](auto vectors) {
        constexpr int V = vectors, R = ROWS<V>;
        const float* at[R];
        float* target[R];
        int64_t row = 0, i = 0;
        const float* column = from;
        float* window = to + first;
        for (int64_t item = 0; item < count; item += R) {
          const int64_t rows = std::min<int64_t>(R, count - item);
          for (int64_t r = 0; r < rows; r++) {
            at[r] = column + i * out_image + row * out_line;
            target[r] = window + i * image + row * s.stride_height * line;
            if (++row < group.rows) continue;
            row = 0;
            if (++i < images) continue;
            i = 0;
            column += out;
            window += s.stride_width * s.in_channels;
          }
          for (int64_t r = rows; r < R; r++) at[r] = at[0], target[r] = target[0];
          add_runs<V>(at, group.taps, -out_line, out, taps, {target, static_cast<int>(rows), panels.columns_of(panel), true});
        }
      });
    }
  };

  ConvShape as_input = {};
  as_input.in_height = s.out_height;
  as_input.in_width = s.out_width;
  as_input.in_channels = s.out_channels;
  const int64_t cost = images_per_block * s.out_height * s.out_width * s.kernel_height * panels.vectors * out;
  for_ranges(blocks, cost, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; block++) {
      const int64_t first = block * images_per_block, images = std::min(images_per_block, s.batch - first);
      const float* from = dy.values + first * out_image;
      if (dy.mask) {
        float* masked = scratch(THREAD_INPUT, images * out_image);
        for (int64_t i = 0; i < images; i++) {
          const int64_t at = (first + i) * out_image;
          copy_rows(as_input, {dy.values + at, dy.mask + at}, 0, s.out_height, s.out_width, masked + i * out_image);
        }
        from = masked;
      }
      float* to = bordered ? scratch(THREAD_OUTPUT, images * image) : dx + first * in_image;
      std::fill_n(to, images * image, 0.0f);
      for (const Group& group : groups) add_group(group, images, from, to);
      for (int64_t row = 0; bordered && row < images * s.in_height; row++) {
        std::copy_n(to + row * line + int64_t{s.pad_left} * s.in_channels, in_line, dx + first * in_image + row * in_line);
      }
    }
  });
}

}  // namespace mlpconv
