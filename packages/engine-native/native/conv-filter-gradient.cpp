// The filter gradient: for each tap and input channel a row of sums over all output pixels, d_filter[k] += window(pixel)[k] * dy[pixel].
// A tile of the gradient stays in registers while a block of pixels passes; a block's dy, masked, is packed in panels that stay in L1,
// its windows are read where they lie (or from a copy with a border of zeros) in L2. Each thread has its share of the images and sums
// of its own, added in one order at the end. Few images: each thread has its share of the taps.
#include "ahead.h"
#include "conv.h"
#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"
#include "tiles.h"

namespace mlpconv {
namespace {

constexpr int64_t BLOCK = 256;  // pixels


}  // namespace

void direct_grad_filter(const ConvShape& s, const float* x, Masked dy, float* d_filter, float* d_bias) {
  const Panels panels(s.out_channels);
  const int64_t threads = mlpconv_threads(), n = s.out_channels;
  const int64_t length = int64_t{s.kernel_width} * s.in_channels, k = s.kernel_height * length;
  const int64_t pixels = int64_t{s.out_height} * s.out_width;
  const int64_t under_width = (s.out_width - 1) * s.stride_width + s.kernel_width;
  const int64_t rows = (s.out_height - 1) * s.stride_height + s.kernel_height;
  // A tile may read past the end of a run, so past the end of the last image.
  bool copy = s.pad_top || s.pad_left || under_width > s.in_width || rows > s.in_height;
  for (int64_t panel = std::max<int64_t>(0, panels.count - 2); panel < panels.count; panel++) {
    with_vectors(panels.vectors_of(panel), [&](auto vectors) { copy = copy || length % ROWS<vectors> != 0; });
  }
  const int64_t width = copy ? under_width : s.in_width;
  const int64_t line = width * s.in_channels, padded = rows * line, in_image = int64_t{s.in_height} * s.in_width * s.in_channels;
  const int64_t shares = std::min<int64_t>(threads, s.batch), bands = std::clamp<int64_t>(threads / shares, 1, s.kernel_height);
  const int64_t together = std::clamp<int64_t>(BLOCK / pixels, 1, ceil_div(s.batch, shares));  // images in a block
  const int64_t sums_size = panels.padded() * k, padded_n = panels.padded();
  float* sums = scratch(CALLER_SUMS, shares * sums_size);
  std::vector<double> bias(shares * padded_n);
  // Where the windows of a block's pixels start.
  std::vector<int64_t> starts;
  starts.reserve(together * pixels);
  for (int64_t image = 0; image < together; image++) {
    for (int64_t i = 0; i < pixels; i++) {
      starts.push_back(image * (copy ? padded : in_image) + i / s.out_width * s.stride_height * line +
                       i % s.out_width * s.stride_width * s.in_channels);
    }
  }

  parallel_for(shares * bands, [&](int64_t task) {
    const int64_t share = task / bands, band = task % bands;
    const int64_t begin = s.batch * share / shares, end = s.batch * (share + 1) / shares;
    float* own = sums + share * sums_size;
    float* packed = scratch(THREAD_GRADIENT, BLOCK * padded_n);
    float* border = copy ? scratch(THREAD_INPUT, together * padded + MAX_ROWS) : nullptr;
    bool add = false;
    for (int64_t image = begin; image < end; image += together) {
      const int64_t images = std::min(together, end - image);
      const float* from = x + image * in_image;
      if (copy) {
        for (int64_t i = 0; i < images; i++) copy_rows(s, {x + (image + i) * in_image}, 0, rows, width, border + i * padded);
        from = border;
      }
      for (int64_t at = 0; at < images * pixels; at += BLOCK) {
        const int64_t count = std::min(BLOCK, images * pixels - at);
        Ahead ahead;
        const int64_t next = image * pixels + at + count, more = std::min(BLOCK, end * pixels - next);
        ahead.add(dy.values + next * n, more * n);
        if (dy.mask) ahead.add(dy.mask + next * n, more * n);
        if (more > 0) ahead.add(x + next * in_image / pixels, more * in_image / pixels);
        ahead.spread(panels.count * (s.kernel_height * ceil_div(length, ROWS<2>) / bands));
        for (int64_t panel = 0; panel < panels.count; panel++) {
          const int64_t first = panels.first(panel), columns = panels.columns_of(panel);
          const float* gradient = dy.values + (image * pixels + at) * n + first;
          const float* mask = dy.mask ? dy.mask + (image * pixels + at) * n + first : nullptr;
          with_vectors(panels.vectors_of(panel), [&](auto vectors) {
            constexpr int V = vectors, R = ROWS<V>;
            Vector total[V] = {};
            float* to = packed;
            for (int64_t i = 0; i < count; i++, gradient += n) {
              for (int v = 0; v < V; v++, to += WIDTH) {
                const int64_t left = columns - v * WIDTH;
                Vector value = load_part(gradient + v * WIDTH, left);
                if (mask) value = where_positive(load_part(mask + i * n + v * WIDTH, left), value);
                total[v] += value;
                store(to, value);
              }
            }
            if (band == 0) {
              for (int v = 0; v < V; v++) {
                for (int j = 0; j < WIDTH; j++) bias[share * padded_n + first + v * WIDTH + j] += total[v][j];
              }
            }
            float* target[R];
            for (int64_t y = s.kernel_height * band / bands; y < s.kernel_height * (band + 1) / bands; y++) {
              for (int64_t row = 0; row < length; row += R) {
                const int tile = static_cast<int>(std::min<int64_t>(R, length - row));
                for (int r = 0; r < R; r++) target[r] = own + first * k + (y * length + row + std::min(r, tile - 1)) * V * WIDTH;
                const float* window = from + y * line + row;
                const int64_t* offsets = starts.data() + at;
                ahead.next();
                add_outer<V>([=](int64_t i) { return window + offsets[i]; }, count, packed, {target, tile, V * WIDTH, add});
              }
            }
          });
        }
        add = true;
      }
    }
  });

  const auto reduce = [&](int64_t row) {
    for (int64_t panel = 0; panel < panels.count; panel++) {
      const int64_t first = panels.first(panel), wide = panels.width(panel);
      for (int64_t j = 0; j < panels.columns_of(panel); j += WIDTH) {
        Vector sum = load<Vector>(sums + first * k + row * wide + j);
        for (int64_t share = 1; share < shares; share++) sum += load<Vector>(sums + share * sums_size + first * k + row * wide + j);
        store_part(d_filter + row * n + first + j, sum, panels.columns_of(panel) - j);
      }
    }
  };
  const int64_t parts = std::min(k, threads);
  parallel_for(parts, [&](int64_t part) {
    for (int64_t row = k * part / parts; row < k * (part + 1) / parts; row++) reduce(row);
  });
  if (!d_bias) return;
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int64_t share = 0; share < shares; share++) sum += bias[share * padded_n + i];
    d_bias[i] = static_cast<float>(sum);
  }
}

}  // namespace mlpconv
