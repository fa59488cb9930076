// Depthwise convolutions and their gradients: each output channel reads one input channel. Vectors hold adjacent channels. Where the whole
// window of several adjacent outputs lies inside the image, these are computed together, so that weights and pixels are loaded less often;
// every other output has a list of its taps. With several outputs a channel, the input is first repeated to as many channels.
#include <vector>

#include "channels.h"
#include "kernels.h"
#include "ranges.h"
#include "scratch.h"

namespace mlpconv {
namespace {

// A convolution with equal in and out channels.
struct Windows {
  Size batch, in_height, in_width, out_height, out_width, channels;
  Size kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width, pad_top, pad_left;

  Windows(const ConvShape& s, int dilation_height, int dilation_width)
      : batch(s.batch), in_height(s.in_height), in_width(s.in_width), out_height(s.out_height), out_width(s.out_width),
        channels(s.out_channels), kernel_height(s.kernel_height), kernel_width(s.kernel_width),
        stride_height(s.stride_height), stride_width(s.stride_width), dilation_height(dilation_height),
        dilation_width(dilation_width), pad_top(s.pad_top), pad_left(s.pad_left) {}

  Size taps() const { return kernel_height * kernel_width; }

  // The convolution of dy with the flipped filter that gives the input gradient, for strides of 1.
  Windows flipped() const {
    Windows s = *this;
    std::swap(s.in_height, s.out_height);
    std::swap(s.in_width, s.out_width);
    s.pad_top = (kernel_height - 1) * dilation_height - pad_top;
    s.pad_left = (kernel_width - 1) * dilation_width - pad_left;
    return s;
  }
};

struct Range {
  Size begin, end;
  Size size() const { return std::max<Size>(end - begin, 0); }
};

// The i in [0, count) for which start + i * step is in [0, size).
Range inside(Size start, Size step, Size size, Size count) {
  const auto least = [&](Size from) { return from > 0 ? std::min<Size>(count, (from + step - 1) / step) : 0; };
  return {least(-start), least(size - start)};
}

// Rows of the kernel that lie inside the image, for an output row.
Range kernel_rows(const Windows& s, Size row) {
  return inside(row * s.stride_height - s.pad_top, s.dilation_height, s.in_height, s.kernel_height);
}

// Output columns whose windows lie inside the image.
Range inner_columns(const Windows& s) {
  const Size reach = s.in_width - (s.kernel_width - 1) * s.dilation_width;
  return reach > 0 ? inside(-s.pad_left, s.stride_width, reach, s.out_width) : Range{0, 0};
}

struct Epilogue {
  const float* bias = nullptr;
  bool relu = false;

  template <int N>
  Floats<N> start(Size c) const { return bias ? load<Floats<N>>(bias + c) : Floats<N>{}; }
  // NaN passes through.
  template <int N>
  Floats<N> end(Floats<N> sum) const { return relu ? sum < 0.0f ? Floats<N>{} : sum : sum; }
};

// Number of adjacent outputs that are computed together.
constexpr int TILE = 4;

// TILE adjacent outputs of WIDTH channels. `x` is the first pixel of the first window, `rows` the number of rows of the kernel. COLUMNS 0: any
// width of the kernel, stride and dilation.
template <int COLUMNS, int STEP>
inline void tile(const Windows& s, const float* x, const float* filter, Size rows, Size c, const Epilogue& epilogue, float* y) {
  const Size C = s.channels, columns = COLUMNS ? COLUMNS : s.kernel_width;
  const Size stride = COLUMNS ? STEP : s.stride_width, gap = COLUMNS ? 1 : s.dilation_width;
  const Size next = s.dilation_height * s.in_width * C;
  Vector sum[TILE];
  for (auto& value : sum) value = epilogue.start<WIDTH>(c);
  for (Size row = 0; row < rows; row++) {
    const float* from = x + row * next + c;
    const float* weights = filter + row * columns * C + c;
    const auto add = [&](Size column) {
      const auto weight = load<Vector>(weights + column * C);
      for (int i = 0; i < TILE; i++) sum[i] += load<Vector>(from + (i * stride + column * gap) * C) * weight;
    };
    if constexpr (COLUMNS > 0) {
      for (int column = 0; column < COLUMNS; column++) add(column);
    } else {
      MLPCONV_FEW_STEPS
      for (Size column = 0; column < columns; column++) add(column);
    }
  }
  for (int i = 0; i < TILE; i++) store(y + i * C + c, epilogue.end<WIDTH>(sum[i]));
}

template <int COLUMNS, int STEP>
void tiles(const Windows& s, const float* x, const float* filter, Size rows, Range columns, const Epilogue& epilogue, float* y) {
  const Size C = s.channels;
  for (Size column = columns.begin; column < columns.end; column += TILE) {
    const Size first = std::min(column, columns.end - TILE);
    const float* from = x + (first * s.stride_width - s.pad_left) * C;
    for (Size c = 0; c < C; c += WIDTH)
      tile<COLUMNS, STEP>(s, from, filter, rows, std::max<Size>(std::min<Size>(c, C - WIDTH), 0), epilogue, y + first * C);
  }
}

// The products that make up one output: offsets of pixels and weights.
class Taps {
 public:
  explicit Taps(Size most) : offsets(2 * most) {}

  void clear() { count = 0; }
  void add(Size pixel, Size weight) {
    offsets[count++] = pixel;
    offsets[count++] = weight;
  }
  void sum(Size channels, const float* x, const float* filter, const Epilogue& epilogue, float* y) const {
    for_channels(channels, [&]<int N>(Size c) {
      auto sum = epilogue.start<N>(c);
      MLPCONV_FEW_STEPS
      for (Size i = 0; i < count; i += 2) sum += load<Floats<N>>(x + offsets[i] + c) * load<Floats<N>>(filter + offsets[i + 1] + c);
      store(y + c, epilogue.end<N>(sum));
    });
  }

 private:
  std::vector<Size> offsets;
  Size count = 0;
};

// One row of outputs. `x` starts at row `first` of the image.
void forward_row(const Windows& s, Size row, const float* x, Size first, const float* filter, const Epilogue& epilogue, Taps& taps,
                 float* y) {
  const Size C = s.channels;
  const Range rows = kernel_rows(s, row);
  Range columns = inner_columns(s);
  // With fewer channels than a vector holds, a tile also computes values of the next pixels, which are written again after it. The last columns
  // have no such pixels.
  if (C < WIDTH) columns.end -= (WIDTH - 1) / C;
  if (columns.size() < TILE || rows.size() == 0) columns.end = columns.begin;
  const Size top = row * s.stride_height - s.pad_top - first;
  if (columns.size() > 0) {
    const float* from = x + (top + rows.begin * s.dilation_height) * s.in_width * C;
    const float* weights = filter + rows.begin * s.kernel_width * C;
    const Size step = s.dilation_width == 1 ? s.stride_width : 0;
    const auto run = s.kernel_width == 3 && step == 1   ? tiles<3, 1>
                     : s.kernel_width == 3 && step == 2 ? tiles<3, 2>
                     : s.kernel_width == 5 && step == 1 ? tiles<5, 1>
                                                        : tiles<0, 0>;
    run(s, from, weights, rows.size(), columns, epilogue, y);
  }
  for (Size column = 0; column < s.out_width; column++) {
    if (column == columns.begin) column = columns.end;
    if (column == s.out_width) break;
    const Size left = column * s.stride_width - s.pad_left;
    const Range across = inside(left, s.dilation_width, s.in_width, s.kernel_width);
    taps.clear();
    for (Size i = rows.begin; i < rows.end; i++) {
      for (Size j = across.begin; j < across.end; j++) {
        taps.add(((top + i * s.dilation_height) * s.in_width + left + j * s.dilation_width) * C, (i * s.kernel_width + j) * C);
      }
    }
    taps.sum(C, x, filter, epilogue, y + column * C);
  }
}

// A copy of values that may be read as whole vectors.
const float* readable(Slot slot, const float* values, Size count) {
  float* copy = scratch(slot, count + WIDTH);
  std::fill_n(std::copy_n(values, count, copy), WIDTH, 0.0f);
  return copy;
}

// One row of the input gradient, for any stride. `dy` is the gradient of the image.
void grad_input_row(const Windows& s, Size row, const float* dy, const float* filter, Taps& taps, float* dx) {
  const Size C = s.channels;
  for (Size column = 0; column < s.in_width; column++) {
    taps.clear();
    for (Size i = 0; i < s.kernel_height; i++) {
      const Size down = row + s.pad_top - i * s.dilation_height;
      if (down < 0 || down % s.stride_height || down / s.stride_height >= s.out_height) continue;
      for (Size j = 0; j < s.kernel_width; j++) {
        const Size across = column + s.pad_left - j * s.dilation_width;
        if (across < 0 || across % s.stride_width || across / s.stride_width >= s.out_width) continue;
        taps.add((down / s.stride_height * s.out_width + across / s.stride_width) * C, (i * s.kernel_width + j) * C);
      }
    }
    taps.sum(C, dy, filter, {}, dx + column * C);
  }
}

// Adds to sums[column], for COLUMNS adjacent columns of the kernel, the products of `count` adjacent outputs whose windows lie inside the image.
// Whole vectors of channels only. STEP 0: any stride.
template <int COLUMNS, int STEP>
void add_columns(const Windows& s, const float* x, const float* dy, Size count, float* sums) {
  const Size C = s.channels, stride = STEP ? STEP : s.stride_width;
  for (Size c = 0; c + WIDTH <= C; c += WIDTH) {
    Vector total[COLUMNS];
    for (int column = 0; column < COLUMNS; column++) total[column] = load<Vector>(sums + column * C + c);
    Size i = 0;
    for (; i + TILE <= count; i += TILE) {
      const float* from = x + i * stride * C + c;
      Vector gradient[TILE];
      for (int j = 0; j < TILE; j++) gradient[j] = load<Vector>(dy + (i + j) * C + c);
      for (int column = 0; column < COLUMNS; column++) {
        for (int j = 0; j < TILE; j++) total[column] += load<Vector>(from + (j * stride + column) * C) * gradient[j];
      }
    }
    MLPCONV_FEW_STEPS
    for (; i < count; i++) {
      const auto gradient = load<Vector>(dy + i * C + c);
      for (int column = 0; column < COLUMNS; column++) total[column] += load<Vector>(x + (i * stride + column) * C + c) * gradient;
    }
    for (int column = 0; column < COLUMNS; column++) store(sums + column * C + c, total[column]);
  }
}

// Adds the products of one output and one tap, from a channel on.
inline void add_tap(Size from, Size channels, const float* x, const float* dy, float* sums) {
  for_each_channel(channels - from, [&]<int N>(Size i) {
    const Size c = from + i;
    store(sums + c, load<Floats<N>>(sums + c) + load<Floats<N>>(x + c) * load<Floats<N>>(dy + c));
  });
}

// Adds what one row of outputs gives to the filter gradient. `x` starts at row `first` of the image.
void grad_filter_row(const Windows& s, Size row, const float* x, Size first, const float* dy, float* sums) {
  const Size C = s.channels, whole = C / WIDTH * WIDTH;
  const Range rows = kernel_rows(s, row), columns = inner_columns(s);
  const Size step = s.dilation_width == 1 ? s.stride_width : 0;
  for (Size i = rows.begin; i < rows.end; i++) {
    const float* pixels = x + (row * s.stride_height - s.pad_top + i * s.dilation_height - first) * s.in_width * C;
    float* to = sums + i * s.kernel_width * C;
    if (columns.size() > 0) {
      const float* from = pixels + (columns.begin * s.stride_width - s.pad_left) * C;
      const float* gradient = dy + columns.begin * C;
      if (s.kernel_width == 3 && step == 1) add_columns<3, 1>(s, from, gradient, columns.size(), to);
      else if (s.kernel_width == 5 && step == 1) add_columns<5, 1>(s, from, gradient, columns.size(), to);
      else {
        for (Size j = 0; j < s.kernel_width; j++)
          add_columns<1, 0>(s, from + j * s.dilation_width * C, gradient, columns.size(), to + j * C);
      }
    }
    for (Size column = 0; column < s.out_width; column++) {
      const Size left = column * s.stride_width - s.pad_left;
      const Range across = inside(left, s.dilation_width, s.in_width, s.kernel_width);
      // The channels that are left over, where the others are done.
      const Size done = column >= columns.begin && column < columns.end ? whole : 0;
      for (Size j = across.begin; done < C && j < across.end; j++)
        add_tap(done, C, pixels + (left + j * s.dilation_width) * C, dy + column * C, to + j * C);
    }
  }
}

// Rows of outputs for which the input is repeated at a time.
constexpr Size BAND = 8;

// Calls body(image, row, x, first) for rows [begin, end) of outputs of all images; x starts at row `first` of the image and has as many channels as
// the output.
template <class Body>
void for_rows(const Windows& s, Size multiplier, const float* x, Size begin, Size end, const Body& body) {
  const Size line = s.in_width * s.channels / multiplier;
  for (Size i = begin; i < end;) {
    const Size image = i / s.out_height, row = i % s.out_height, pixels = image * s.in_height * line;
    if (multiplier == 1) {
      body(image, row, x + pixels, Size{0});
      i++;
      continue;
    }
    const Size last = std::min({row + BAND, s.out_height, row + end - i});
    const Size first = std::clamp<Size>(row * s.stride_height - s.pad_top, 0, s.in_height);
    const Size below = std::clamp<Size>(
        (last - 1) * s.stride_height - s.pad_top + (s.kernel_height - 1) * s.dilation_height + 1, first, s.in_height);
    float* repeated = scratch(THREAD_INPUT, (below - first) * line * multiplier);
    float* to = repeated;
    for (const float* from = x + pixels + first * line; from < x + pixels + below * line; from++) {
      MLPCONV_FEW_STEPS
      for (Size m = 0; m < multiplier; m++) *to++ = *from;
    }
    for (Size j = row; j < last; j++) body(image, j, static_cast<const float*>(repeated), first);
    i += last - row;
  }
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_depthwise_forward(const ConvShape* shape, int dilation_height, int dilation_width, const float* x, const float* filter,
                              const float* bias, int relu, float* y) {
  return guarded([&] {
    const Windows s(*shape, dilation_height, dilation_width);
    const Size line = s.out_width * s.channels;
    const bool narrow = s.channels < WIDTH;
    const float* weights = narrow ? readable(CALLER_FILTER, filter, s.taps() * s.channels) : filter;
    const Epilogue epilogue{narrow && bias ? readable(CALLER_BIAS, bias, s.channels) : bias, relu != 0};
    for_ranges(s.batch * s.out_height, int64_t{line} * s.taps() / 2, [&](int64_t begin, int64_t end) {
      Taps taps(s.taps());
      for_rows(s, shape->out_channels / shape->in_channels, x, begin, end, [&](Size image, Size row, const float* from, Size first) {
        forward_row(s, row, from, first, weights, epilogue, taps, y + (image * s.out_height + row) * line);
      });
    });
  });
}

int mlpconv_depthwise_grad_input(const ConvShape* shape, int dilation_height, int dilation_width, const float* dy, const float* filter,
                                 float* dx) {
  return guarded([&] {
    const Windows s(*shape, dilation_height, dilation_width), back = s.flipped();
    const Size multiplier = shape->out_channels / shape->in_channels, line = s.in_width * s.channels, taps = s.taps();
    const bool dense = s.stride_height == 1 && s.stride_width == 1;
    const float* weights = filter;
    if (dense) {
      float* turned = scratch(CALLER_FILTER, taps * s.channels + WIDTH);
      std::fill_n(turned + taps * s.channels, WIDTH, 0.0f);
      for (Size tap = 0; tap < taps; tap++)
        std::copy_n(filter + (taps - 1 - tap) * s.channels, s.channels, turned + tap * s.channels);
      weights = turned;
    }
    for_ranges(s.batch * s.in_height, int64_t{line} * taps / 2, [&](int64_t begin, int64_t end) {
      Taps list(taps);
      for (Size i = begin; i < end; i++) {
        const float* gradient = dy + i / s.in_height * s.out_height * s.out_width * s.channels;
        float* row = multiplier == 1 ? dx + i * line : scratch(THREAD_OUTPUT, line);
        if (dense) forward_row(back, i % s.in_height, gradient, 0, weights, {}, list, row);
        else grad_input_row(s, i % s.in_height, gradient, weights, list, row);
        if (multiplier == 1) continue;
        float* to = dx + i * (line / multiplier);
        for (Size j = 0; j < line; j += multiplier) {
          float sum = 0;
          MLPCONV_FEW_STEPS
          for (Size m = 0; m < multiplier; m++) sum += row[j + m];
          *to++ = sum;
        }
      }
    });
  });
}

int mlpconv_depthwise_grad_filter(const ConvShape* shape, int dilation_height, int dilation_width, const float* x, const float* dy,
                                  float* d_filter) {
  return guarded([&] {
    const Windows s(*shape, dilation_height, dilation_width);
    const Size line = s.out_width * s.channels, rows = s.batch * s.out_height, size = s.taps() * s.channels;
    // A division into parts that does not depend on the number of threads, so that the sums do not either.
    const int64_t parts = std::clamp<int64_t>(int64_t{rows} * line / GRAIN, 1, std::min<int64_t>(64, std::max<int64_t>(rows, 1)));
    std::vector<float> sums(parts * size);
    for_ranges(parts, int64_t{rows} * line * s.taps() / parts, [&](int64_t begin, int64_t end) {
      for (Size part = begin; part < end; part++) {
        for_rows(s, shape->out_channels / shape->in_channels, x, rows * part / parts, rows * (part + 1) / parts,
                 [&](Size image, Size row, const float* from, Size first) {
                   grad_filter_row(s, row, from, first, dy + (image * s.out_height + row) * line, sums.data() + part * size);
                 });
      }
    });
    for_ranges(size, parts, [&](int64_t begin, int64_t end) {
      for (Size i = begin; i < end; i++) {
        double sum = 0;
        MLPCONV_FEW_STEPS
        for (Size part = 0; part < parts; part++) sum += sums[part * size + i];
        d_filter[i] = static_cast<float>(sum);
      }
    });
  });
}
