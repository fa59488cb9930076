// Division of an image into Winograd tiles, and access to their pixels.
#pragma once

#include <vector>

#include "conv.h"

namespace mlpconv {

// Tiles of M x M output pixels; tiles at the edge extend past it.
struct Tiling {
  int64_t high, wide, count;

  Tiling(const ConvShape& s, int m)
      : high(ceil_div(s.out_height, m)), wide(ceil_div(s.out_width, m)), count(s.batch * high * wide) {}
};

// Image, row and column of a tile, in units of tiles.
struct TileAt {
  int64_t image, row, column;
  TileAt(const Tiling& t, int64_t index) : image(index / (t.high * t.wide)), row(index / t.wide % t.high), column(index % t.wide) {}
};

// Pointers to the SIZE x SIZE pixels from (row, column) of an image; pixels outside point to `zeros`, also in the mask.
template <int SIZE>
struct Patch {
  const float* at[SIZE * SIZE];
  const float* mask[SIZE * SIZE];

  Patch(Masked image, int64_t height, int64_t width, int64_t channels, int64_t row, int64_t column, const float* zeros) {
    for (int64_t i = 0; i < SIZE; i++) {
      for (int64_t j = 0; j < SIZE; j++) {
        const int64_t y = row + i, x = column + j, offset = (y * width + x) * channels;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        at[i * SIZE + j] = inside ? image.values + offset : zeros;
        mask[i * SIZE + j] = inside && image.mask ? image.mask + offset : zeros;
      }
    }
  }

  // Calls body(channel, load_at) for each vector of channels.
  template <class Body>
  void each_vector(bool masked, int64_t first, int64_t end, const Body& body) const {
    int64_t c = first;
    if (masked) {
      for (; c + WIDTH <= end; c += WIDTH) {
        body(c, [&](int i, int j) { return where_positive(load<Vector>(mask[i * SIZE + j] + c), load<Vector>(at[i * SIZE + j] + c)); });
      }
    } else {
      for (; c + WIDTH <= end; c += WIDTH) {
        body(c, [&](int i, int j) { return load<Vector>(at[i * SIZE + j] + c); });
      }
    }
    if (c == end) return;
    body(c, [&](int i, int j) {
      const Vector value = load_part(at[i * SIZE + j] + c, end - c);
      return masked ? where_positive(load_part(mask[i * SIZE + j] + c, end - c), value) : value;
    });
  }
};

}  // namespace mlpconv
