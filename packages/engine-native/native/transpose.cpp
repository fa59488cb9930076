// Values moved without arithmetic: a transposition in tiles that fit the first cache with their targets, and boxes copied run by run.
#include <algorithm>
#include <cstring>

#include "kernels.h"
#include "ranges.h"

using namespace mlpconv;

int mlpconv_transpose(int64_t batch, int64_t rows, int64_t columns, int64_t run, const float* x, float* y) {
  constexpr int64_t TILE = 32;
  const int64_t bands = (rows + TILE - 1) / TILE;
  for_ranges(batch * bands, TILE * columns * run, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t top = i % bands * TILE, bottom = std::min(top + TILE, rows);
      const float* from = x + i / bands * rows * columns * run;
      float* to = y + i / bands * rows * columns * run;
      for (int64_t left = 0; left < columns; left += TILE) {
        const int64_t right = std::min(left + TILE, columns);
        for (int64_t column = left; column < right; column++) {
          for (int64_t row = top; row < bottom; row++) {
            if (run == 1) to[column * rows + row] = from[row * columns + column];
            else std::memcpy(to + (column * rows + row) * run, from + (row * columns + column) * run, run * sizeof(float));
          }
        }
      }
    }
  });
  return 0;
}

int mlpconv_copy_box(const int32_t* size, const int32_t* x_shape, const int32_t* x_begin, const int32_t* y_shape,
                     const int32_t* y_begin, const float* x, float* y) {
  // Axes that are copied whole on both sides belong to the runs of the axis before them.
  int axis = 3;
  int64_t inner = 1;
  while (axis > 0 && size[axis] == x_shape[axis] && size[axis] == y_shape[axis]) inner *= size[axis--];
  const int64_t run = size[axis] * inner;
  int64_t rows = 1;
  for (int i = 0; i < axis; i++) rows *= size[i];
  for_ranges(rows, run, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      int64_t x_at = x_begin[axis], y_at = y_begin[axis], x_stride = x_shape[axis], y_stride = y_shape[axis];
      int64_t rest = row;
      for (int i = axis - 1; i >= 0; i--) {
        const int64_t position = rest % size[i];
        rest /= size[i];
        x_at += (position + x_begin[i]) * x_stride;
        y_at += (position + y_begin[i]) * y_stride;
        x_stride *= x_shape[i];
        y_stride *= y_shape[i];
      }
      std::memcpy(y + y_at * inner, x + x_at * inner, run * sizeof(float));
    }
  });
  return 0;
}
