// The filter gradient in tiles of AMX, as its transpose: d_filter[k][channel] is the sum over all output pixels of dy[pixel][channel] times
// window(pixel)[k], and a tile's rows are channels, along which pixels are adjacent. So dy is masked, rounded and transposed, a block of pixels at a
// time, and stays in L2; pairs of pixels of the windows are packed into a panel in L1, for 32 values of k at a time. Each thread has sums for its
// share of the images, and these are added in a fixed order. If there are few images, threads share the rows of taps.
#include "amx.h"
#include "conv.h"
#include "image-blocks.h"
#include "panels.h"
#include "prefetcher.h"
#include "scratch.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

constexpr int64_t BLOCK = 512;             // pixels
constexpr int64_t STRIDE = BLOCK + 32;  // of a channel's pixels: a cache line more, so that rows of a tile lie in different sets of L1

// Windows from `from`, `columns` values of each, in pairs of pixels [pixels / 2][width][2], with zeros up to a multiple of 32 pixels.
template <class Factor>
void pack_windows(const float* from, const int64_t* starts, int64_t pixels, int64_t columns, int64_t width, Factor* to) {
  for (int64_t i = 0; i < pixels; i += 2, to += 2 * width) {
    const float *even = from + starts[i], *odd = i + 1 < pixels ? from + starts[i + 1] : nullptr;
    for (int64_t c = 0; c < columns; c += WIDTH) {
      store_pairs(to + 2 * c, load_part(even + c, columns - c), odd ? load_part(odd + c, columns - c) : Vector{});
    }
  }
  std::fill_n(to, (ceil_div(pixels, TILE_DEPTH) * TILE_DEPTH - ceil_div(pixels, 2) * 2) * width, Factor{});
}

// Adds the sums over `pixels` rows of dy, masked, to `sums`.
void add_columns(Masked dy, int64_t offset, int64_t pixels, int64_t columns, double* sums) {
  for (int64_t c = 0; c < columns; c += WIDTH) {
    Vector total = {};
    for (int64_t i = 0; i < pixels; i++) {
      const int64_t place = offset + i * columns + c;
      Vector value = load_part(dy.values + place, columns - c);
      if (dy.mask) value = where_positive(load_part(dy.mask + place, columns - c), value);
      total += value;
    }
    for (int64_t j = 0; j < std::min<int64_t>(WIDTH, columns - c); j++) sums[c + j] += total[j];
  }
}

}  // namespace

template <class Factor>
void grad_filter_in_tiles(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  const int64_t n = s.out_channels, padded_n = ceil_div(n, TILE) * TILE;
  const int64_t length = int64_t{s.kernel_width} * s.in_channels;
  const Panels panels(length);
  const ImageBlocks blocks(s, BLOCK);
  const int64_t pixels = blocks.pixels, line = blocks.line, in_image = int64_t{s.in_height} * s.in_width * s.in_channels;
  const int64_t shares = blocks.shares, bands = std::clamp<int64_t>(mlpconv_threads() / shares, 1, s.kernel_height);
  // The sums of one row of taps are [channel][width] for each panel of the windows.
  const int64_t row_size = panels.padded() * padded_n, sums_size = s.kernel_height * row_size;
  float* sums = scratch(CALLER_SUMS, shares * sums_size);
  std::vector<double> bias(shares * padded_n);

  parallel_for(shares * bands, [&](int64_t task) {
    const TileRegisters<Factor> registers(0);
    const int64_t share = task / bands, band = task % bands;
    const int64_t begin = s.batch * share / shares, end = s.batch * (share + 1) / shares;
    float* own = sums + share * sums_size;
    double* own_bias = bias.data() + share * padded_n;
    Factor* gradient = scratch_of<Factor>(THREAD_GRADIENT, STRIDE * padded_n + BLOCK * 3 * WIDTH);
    Factor* windows = gradient + STRIDE * padded_n;
    bool add = false;
    for (int64_t image = begin; image < end; image += blocks.images) {
      const int64_t images = std::min(blocks.images, end - image);
      const float* from = blocks.windows(x, image, images);
      for (int64_t at = 0; at < images * pixels; at += BLOCK) {
        const int64_t count = std::min(BLOCK, images * pixels - at), depth = ceil_div(count, TILE_DEPTH) * TILE_DEPTH;
        Prefetcher prefetcher;
        const int64_t next = image * pixels + at + count, more = std::min(BLOCK, end * pixels - next);
        prefetcher.add(dy.values + next * n, more * n);
        if (dy.mask) prefetcher.add(dy.mask + next * n, more * n);
        if (more > 0) prefetcher.add(x + next * in_image / pixels, more * in_image / pixels);
        prefetcher.spread(panels.count * ceil_div(padded_n, ROWS<2, Factor>) * ceil_div(s.kernel_height, bands));
        const int64_t offset = (image * pixels + at) * n;
        round_columns([&](int64_t i, int64_t j, int64_t columns) {
          const int64_t valid = std::max<int64_t>(columns, 0), place = offset + i * n + j;
          Vector value = load_part(dy.values + place, valid);
          if (dy.mask) value = where_positive(load_part(dy.mask + place, valid), value);
          return value;
        }, count, n, gradient, STRIDE);
        if (band == 0 && d_bias) add_columns(dy, offset, count, n, own_bias);
        for (int64_t y = s.kernel_height * band / bands; y < s.kernel_height * (band + 1) / bands; y++) {
          for (int64_t panel = 0; panel < panels.count; panel++) {
            const int64_t first = panels.first(panel);
            pack_windows(from + y * line + first, blocks.starts.data() + at, count, panels.columns_of(panel), panels.width(panel), windows);
            with_vectors(panels.vectors_of(panel), [&](auto vectors) {
              constexpr int V = vectors, R = ROWS<V, Factor>;
              const Factor* channels[R];
              float* target[R];
              for (int64_t channel = 0; channel < padded_n; channel += R) {
                const int count_of = static_cast<int>(std::min<int64_t>(R, padded_n - channel));
                for (int r = 0; r < R; r++) {
                  const int64_t row = channel + std::min(r, count_of - 1);
                  channels[r] = gradient + row * STRIDE;
                  target[r] = own + y * row_size + first * padded_n + row * V * WIDTH;
                }
                prefetcher.next();
                add_runs<V>(channels, 1, 0, depth, windows, {target, count_of, V * WIDTH, add});
              }
            });
          }
        }
        add = true;
      }
    }
  });

  parallel_for(s.kernel_height * panels.count, [&](int64_t task) {
    const int64_t y = task / panels.count, panel = task % panels.count, first = panels.first(panel), wide = panels.width(panel);
    float* total = sums + y * row_size + first * padded_n;
    for (int64_t share = 1; share < shares; share++) {
      const float* more = total + share * sums_size;
      for (int64_t i = 0; i < n * wide; i += WIDTH) store(total + i, load<Vector>(total + i) + load<Vector>(more + i));
    }
    transpose_block(total, wide, n, panels.columns_of(panel), d_filter + (y * length + first) * n, n);
  });
  if (!d_bias) return;
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int64_t share = 0; share < shares; share++) sum += bias[share * padded_n + i];
    d_bias[i] = static_cast<float>(sum);
  }
}

#ifndef __wasm__
#ifdef MLPCONV_AMX
template void grad_filter_in_tiles<AmxBfloat16>(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);
#endif
template void grad_filter_in_tiles<EmulatedAmxBfloat16>(const ConvShape&, const float* x, Masked dy, float* d_filter, float* d_bias);
#endif

}  // namespace mlpconv
