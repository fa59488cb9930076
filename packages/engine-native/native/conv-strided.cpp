// The input gradient of a convolution with strides. Input pixels that are a multiple of the stride apart use the same taps: each such phase is a
// convolution of dy with stride 1 and a filter of every stride-th tap, flipped. Its result is scattered into dx.
#include "conv.h"
#include "scratch.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

// Along one axis: phase p has the input pixels p, p + stride, ..., which use the taps first, first + stride, ... (`taps` of them).
struct Phase {
  int size, first, taps, pad;

  Phase(int phase, int stride, int in_size, int kernel, int padding) {
    size = phase < in_size ? (in_size - phase + stride - 1) / stride : 0;
    first = (phase + padding) % stride;
    taps = first < kernel ? (kernel - first + stride - 1) / stride : 0;
    // Pixel i * stride + phase receives tap first + t * stride from output pixel i + (phase + padding) / stride - t.
    pad = taps - 1 - (phase + padding) / stride;
  }
};

}  // namespace

void direct_grad_input_strided(const ConvShape& s, Masked dy, const float* filter, float* dx) {
  const int64_t in = s.in_channels, out = s.out_channels;
  for (int y = 0; y < s.stride_height; y++) {
    const Phase rows(y, s.stride_height, s.in_height, s.kernel_height, s.pad_top);
    for (int x = 0; x < s.stride_width; x++) {
      const Phase columns(x, s.stride_width, s.in_width, s.kernel_width, s.pad_left);
      if (rows.size == 0 || columns.size == 0) continue;
      const int64_t pixels = int64_t{rows.size} * columns.size;
      const bool seen = rows.taps > 0 && columns.taps > 0;
      // Slots that a convolution without a bias does not use.
      float* part = seen ? scratch(CALLER_SUMS, s.batch * pixels * in) : nullptr;
      if (seen) {
        float* weights = scratch(CALLER_BIAS, rows.taps * columns.taps * in * out);
        float* to = weights;
        for (int i = 0; i < rows.taps; i++) {
          for (int j = 0; j < columns.taps; j++, to += in * out) {
            const int64_t tap = int64_t{rows.first + i * s.stride_height} * s.kernel_width + columns.first + j * s.stride_width;
            std::copy_n(filter + tap * in * out, in * out, to);
          }
        }
        // A negative padding skips output pixels that do not contribute.
        direct_forward({s.batch, s.out_height, s.out_width, s.out_channels, rows.size, columns.size, s.in_channels, rows.taps, columns.taps,
                        1, 1, rows.pad, columns.pad},
                       dy, weights, Filter::FLIPPED, nullptr, false, part);
      }
      parallel_for(int64_t{s.batch} * rows.size, [&](int64_t line) {
        const int64_t image = line / rows.size, row = line % rows.size * s.stride_height + y;
        float* to = dx + ((image * s.in_height + row) * s.in_width + x) * in;
        const float* from = part + line * columns.size * in;
        for (int64_t i = 0; i < columns.size; i++, to += s.stride_width * in) {
          if (seen) std::copy_n(from + i * in, in, to);
          else std::fill_n(to, in, 0.0f);
        }
      });
    }
  }
}

}  // namespace mlpconv
