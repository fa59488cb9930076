// Copies of boxes: data movement without arithmetic. Runs that are dense on both sides are copied whole; where the two sides order their axes
// differently, as in a transposition, the copy goes tile by tile, so that both sides of a tile stay in the L1 cache.
#include <algorithm>
#include <cstdlib>

#include "copy.h"
#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

constexpr int AXES = 6, ROW = 3, COLUMN = 4, RUN = 5;

struct Box {
  const int32_t *size, *x_stride, *y_stride;
};

// The values of a row, which are not neighbours on both sides. Each case is a loop of its own, because a constant stride is vectorised.
template <class T>
void copy_row(int64_t count, const T* x, int64_t x_stride, T* y, int64_t y_stride) {
  if (y_stride != 1) {
    for (int64_t i = 0; i < count; i++) y[i * y_stride] = x[i * x_stride];
  } else if (x_stride == -1) {
    for (int64_t i = 0; i < count; i++) y[i] = x[-i];
  } else if (x_stride == 0) {
    std::fill(y, y + count, *x);
  } else {
    for (int64_t i = 0; i < count; i++) y[i] = x[i * x_stride];
  }
}

// Blocks of 4 x 4 values of a transposition, in registers: each row of x is a column of y.
void copy_blocks(const Box& box, int64_t rows, int64_t columns, const int32_t* x, int32_t* y) {
  using Four = Ints<4>;
  const int64_t x_stride = box.x_stride[COLUMN], y_stride = box.y_stride[ROW];
  for (int64_t i = 0; i < rows; i += 4, x += 4, y += 4 * y_stride) {
    for (int64_t j = 0; j < columns; j += 4) {
      const int32_t* from = x + j * x_stride;
      const Four a = load<Four>(from), b = load<Four>(from + x_stride), c = load<Four>(from + 2 * x_stride),
                 d = load<Four>(from + 3 * x_stride);
      for (int k = 0; k < 4; k++) store(y + k * y_stride + j, Four{a[k], b[k], c[k], d[k]});
    }
  }
}

template <class T>
void copy_tile(const Box& box, int64_t rows, int64_t columns, const T* x, T* y) {
  const int64_t run = box.size[RUN];
  const auto copy_rows = [&](int64_t first, int64_t last, int64_t from) {
    for (int64_t i = first; i < last; i++)
      copy_row(columns - from, x + i * box.x_stride[ROW] + from * box.x_stride[COLUMN], box.x_stride[COLUMN],
               y + i * box.y_stride[ROW] + from * box.y_stride[COLUMN], box.y_stride[COLUMN]);
  };
  if (run > 1) {
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j++)
        copy_bytes(reinterpret_cast<uint8_t*>(y + i * box.y_stride[ROW] + j * box.y_stride[COLUMN]),
                   reinterpret_cast<const uint8_t*>(x + i * box.x_stride[ROW] + j * box.x_stride[COLUMN]), run * sizeof(T));
  } else if (sizeof(T) == 4 && box.x_stride[ROW] == 1 && box.y_stride[COLUMN] == 1) {
    const int64_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
    copy_blocks(box, whole_rows, whole_columns, reinterpret_cast<const int32_t*>(x), reinterpret_cast<int32_t*>(y));
    copy_rows(0, whole_rows, whole_columns);
    copy_rows(whole_rows, rows, 0);
  } else {
    copy_rows(0, rows, 0);
  }
}

template <class T>
int copy_box(const Box& box, const T* x, T* y) {
  const int64_t run = box.size[RUN], rows = box.size[ROW], columns = box.size[COLUMN];
  const int64_t outer = int64_t{box.size[0]} * box.size[1] * box.size[2];
  if (outer * rows * columns == 1) {
    for_ranges(run, 1, [&](int64_t begin, int64_t end) { std::memcpy(y + begin, x + begin, (end - begin) * sizeof(T)); });
    return 0;
  }
  const bool crossed = box.x_stride[ROW] != 0 && std::abs(box.x_stride[ROW]) < std::abs(box.x_stride[COLUMN]);
  const int64_t tile_columns = std::clamp<int64_t>(crossed ? 32 : GRAIN / run, 1, columns);
  const int64_t tile_rows = std::clamp<int64_t>(crossed ? 32 : GRAIN / run / tile_columns, 1, rows);
  const int64_t counts[] = {box.size[0], box.size[1], box.size[2], (rows + tile_rows - 1) / tile_rows,
                            (columns + tile_columns - 1) / tile_columns};
  const int64_t steps[] = {1, 1, 1, tile_rows, tile_columns};
  for_ranges(outer * counts[ROW] * counts[COLUMN], tile_rows * tile_columns * run, [&](int64_t begin, int64_t end) {
    int64_t at[RUN];
    for (int64_t axis = COLUMN, rest = begin; axis >= 0; rest /= counts[axis--]) at[axis] = rest % counts[axis];
    for (int64_t i = begin; i < end; i++) {
      int64_t from = 0, to = 0;
      for (int axis = 0; axis < RUN; axis++) {
        from += at[axis] * steps[axis] * box.x_stride[axis];
        to += at[axis] * steps[axis] * box.y_stride[axis];
      }
      copy_tile(box, std::min(tile_rows, rows - at[ROW] * tile_rows), std::min(tile_columns, columns - at[COLUMN] * tile_columns),
                x + from, y + to);
      for (int axis = COLUMN; axis >= 0 && ++at[axis] == counts[axis]; axis--) at[axis] = 0;
    }
  });
  return 0;
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_copy_box(int bytes, const int32_t* axes, int64_t x_begin, int64_t y_begin, const void* x, void* y) {
  const Box box{axes, axes + AXES, axes + 2 * AXES};
  if (bytes == 1) return copy_box(box, static_cast<const uint8_t*>(x) + x_begin, static_cast<uint8_t*>(y) + y_begin);
  if (bytes == 4) return copy_box(box, static_cast<const int32_t*>(x) + x_begin, static_cast<int32_t*>(y) + y_begin);
  return fail("mlpconv_copy_box: expected values of 1 or 4 bytes, got %d", bytes);
}
