// Direct convolution as an implicit matrix product. The pixels under a window are kernel_height runs of kernel_width * in_channels
// adjacent values, so a row of the left factor is a pointer and nothing is copied. Work is divided into blocks of output rows (of whole
// images if these are small) whose input stays in the L2 cache. If there is padding or a mask, the block's input is first copied into
// a zero border. A panel of the filter stays in L1, or is streamed from L2, for all pixels of the block. In mixed precision the input is
// rounded to bfloat16 as it is copied.
#include "amx.h"
#include "prefetcher.h"
#include "conv.h"
#include "panels.h"
#include "scratch.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

constexpr int64_t BLOCK_FLOATS = 48 << 10;  // input of a block: a fifth of the L2 cache
constexpr int64_t BLOCK_PIXELS = 240;       // with fewer pixels, loading a panel into the cache would dominate
constexpr int64_t PART = 1 << 15;           // values of a filter for which a second thread pays

// Blocks of `lines` output rows of one image, or of `images` whole images.
struct Blocks {
  int64_t lines, images, per_image, count;
  int64_t rows, width;  // of the input under a block, of one image

  // per_lane: values that have the size of a float in the copy of the input
  Blocks(const ConvShape& s, int64_t per_lane) {
    width = (s.out_width - 1) * s.stride_width + s.kernel_width;
    const int64_t line = width * s.in_channels, threads = mlpconv_threads();
    const int64_t fitting = (per_lane * BLOCK_FLOATS / std::max<int64_t>(line, 1) - s.kernel_height) / s.stride_height + 1;
    const int64_t least = ceil_div(96 * per_lane, s.out_width);
    lines = std::clamp<int64_t>(s.kernel_height == 1 ? least : std::max(fitting, least), 1, s.out_height);
    // Enough blocks for all threads, if there are few images.
    const int64_t shares = ceil_div(2 * threads, s.batch);
    lines = std::min(lines, std::max<int64_t>(std::min(least, lines), s.out_height / shares));
    per_image = ceil_div(s.out_height, lines);
    lines = ceil_div(s.out_height, per_image);
    images = 1;
    if (lines == s.out_height) {
      const int64_t pixels = int64_t{s.out_height} * s.out_width;
      images = std::clamp<int64_t>(BLOCK_PIXELS / pixels, 1, std::max<int64_t>(1, s.batch / (2 * threads)));
    }
    rows = (lines - 1) * s.stride_height + s.kernel_height;
    count = ceil_div(s.batch, images) * per_image;
  }
};

// A 1x1 convolution is independent of rows: all pixels of the batch form one column.
ConvShape flat(ConvShape s) {
  const bool pointwise = s.kernel_height == 1 && s.kernel_width == 1 && s.stride_height == 1 && s.stride_width == 1 && s.pad_top == 0 &&
                         s.pad_left == 0 && s.in_height == s.out_height && s.in_width == s.out_width;
  const int64_t pixels = int64_t{s.batch} * s.out_height * s.out_width;
  if (!pointwise || pixels > INT32_MAX) return s;
  s.in_height = s.out_height = static_cast<int32_t>(pixels);
  s.batch = s.in_width = s.out_width = 1;
  return s;
}

// The filter as panels [k][width], one after the other; panel p starts at first(p) * k. Each row of taps begins with a lane of its own.
template <class Factor>
const Factor* pack_filter(const ConvShape& s, const float* filter, Filter way, const Panels& panels) {
  const int64_t taps = int64_t{s.kernel_height} * s.kernel_width, in = s.in_channels, out = s.out_channels, run = s.kernel_width * in;
  const int64_t length = whole_lanes<Factor>(run), k = s.kernel_height * length;
  Factor* packed = scratch_of<Factor>(CALLER_FILTER, panels.padded() * k);
  const auto place = [&](int64_t panel, int64_t row) { return packed + panels.first(panel) * k + row * length * panels.width(panel); };

  // Read in the order of memory: a few values of k for all panels.
  constexpr int64_t STEP = 8;
  const int64_t chunk = ceil_div(std::max<int64_t>(64, PART / out), STEP) * STEP, chunks = ceil_div(run, chunk);
  const auto pack = [&](int64_t part) {
    const int64_t row = part / chunks, end = std::min(run, (part % chunks + 1) * chunk);
    for (int64_t i = part % chunks * chunk; i < end; i += STEP) {
      for (int64_t panel = 0; panel < panels.count; panel++) {
        const float* from = filter + (row * run + i) * out + panels.first(panel);
        const int64_t width = panels.width(panel);
        pack_panel(from, out, false, std::min(STEP, end - i), panels.columns_of(panel), width, place(panel, row) + i * width);
      }
    }
  };
  const auto pack_flipped = [&](int64_t part) {
    const int64_t panel = part / s.kernel_height, row = part % s.kernel_height, width = panels.width(panel);
    // An odd number of channels pairs values of two taps: these are rounded when the whole row is packed.
    const bool whole = in % PER_LANE<Factor> == 0;
    float* floats = whole ? nullptr : scratch(THREAD_OUTPUT, length * width);
    for (int64_t column = 0; column < s.kernel_width; column++) {
      const float* from = filter + (taps - 1 - row * s.kernel_width - column) * in * out + panels.first(panel) * in;
      const auto to = [&](auto* first) { pack_panel(from, in, true, in, panels.columns_of(panel), width, first + column * in * width); };
      if (whole) to(place(panel, row));
      else to(floats);
    }
    if constexpr (PER_LANE<Factor> == 2) {
      if (!whole) pack_pairs(floats, width, run, width, width, place(panel, row));
    }
  };
  const auto each = [&](int64_t parts, const auto& body) {
    if (panels.padded() * k >= PART) return parallel_for(parts, body);
    for (int64_t part = 0; part < parts; part++) body(part);
  };
  if (way == Filter::AS_IS) each(s.kernel_height * chunks, pack);
  else each(panels.count * s.kernel_height, pack_flipped);
  return packed;
}

// Copies image[at ... at + count], where its mask is positive.
void copy_values(Masked image, int64_t at, int64_t count, float* to) {
  if (!image.mask) {
    std::copy_n(image.values + at, count, to);
    return;
  }
  for (int64_t i = 0; i < count; i += WIDTH) {
    const Vector mask = load_part(image.mask + at + i, count - i);
    store_part(to + i, where_positive(mask, load_part(image.values + at + i, count - i)), count - i);
  }
}

template <class Factor>
void copy_values(Masked image, int64_t at, int64_t count, Factor* to) {
  round_values(image.values + at, image.mask ? image.mask + at : nullptr, count, to);
}

template <class Factor>
void copy_rows_as(const ConvShape& s, Masked image, int64_t first_row, int64_t rows, int64_t width, Factor* to) {
  const int64_t line = width * s.in_channels;
  if (s.pad_top == 0 && s.pad_left == 0 && width == s.in_width && first_row + rows <= s.in_height) {
    return copy_values(image, first_row * line, rows * line, to);
  }
  // Position of the image in a row; padding may be negative, which crops pixels.
  const int64_t begin = std::clamp<int64_t>(s.pad_left, 0, width) * s.in_channels;
  const int64_t end = std::clamp<int64_t>(s.pad_left + s.in_width, begin / s.in_channels, width) * s.in_channels;
  for (int64_t row = 0; row < rows; row++, to += line) {
    const int64_t at = first_row + row - s.pad_top;
    if (at < 0 || at >= s.in_height) {
      std::fill_n(to, line, Factor{});
      continue;
    }
    std::fill(to, to + begin, Factor{});
    std::fill(to + end, to + line, Factor{});
    copy_values(image, (at * s.in_width - s.pad_left) * s.in_channels + begin, end - begin, to + begin);
  }
}

template <class Factor>
void forward(const ConvShape& shape, Masked x, const float* filter, Filter way, const float* bias, bool relu, float* y) {
  const ConvShape s = flat(shape);
  const Panels panels(s.out_channels);
  const Blocks blocks(s, PER_LANE<Factor>);
  const int64_t length = int64_t{s.kernel_width} * s.in_channels, k = s.kernel_height * whole_lanes<Factor>(length);
  const Factor* packed = pack_filter<Factor>(s, filter, way, panels);
  float* padded_bias = nullptr;
  if (bias) {
    padded_bias = scratch(CALLER_BIAS, panels.padded());
    std::fill_n(std::copy_n(bias, s.out_channels, padded_bias), panels.padded() - s.out_channels, 0.0f);
  }
  const bool copy = PER_LANE<Factor> > 1 || x.mask || s.pad_top || s.pad_left || blocks.width > s.in_width || (s.out_height - 1) * s.stride_height + s.kernel_height > s.in_height;
  const int64_t width = copy ? blocks.width : s.in_width, line = width * s.in_channels;
  const int64_t in_image = int64_t{s.in_height} * s.in_width * s.in_channels;
  const int64_t next_image = copy ? blocks.rows * line : in_image;
  // Tiles load rows that are equally far apart much faster than others, so windows across the ends of lines are computed too, and not stored.
  const bool across = IN_TILES<Factor> && s.stride_height == 1 && s.stride_width == 1 && 2 * width <= 3 * s.out_width;
  // Start of the window of each output pixel of a block, and the pixel, -1 if it is none.
  std::vector<int64_t> starts, outputs;
  const int64_t line_windows = across ? width : s.out_width, last_windows = s.out_width;
  const auto windows_of = [&](int64_t images, int64_t lines) { return images * ((lines - 1) * line_windows + last_windows); };
  starts.reserve(windows_of(blocks.images, blocks.lines));
  outputs.reserve(starts.capacity());
  for (int64_t image = 0; image < blocks.images; image++) {
    for (int64_t row = 0; row < blocks.lines; row++) {
      for (int64_t column = 0; column < (row + 1 < blocks.lines ? line_windows : last_windows); column++) {
        starts.push_back(image * next_image + row * s.stride_height * line + column * s.stride_width * s.in_channels);
        outputs.push_back(column < s.out_width ? (image * blocks.lines + row) * s.out_width + column : -1);
      }
    }
  }
  // If there are few blocks, their panels are also divided among threads.
  const int64_t groups = std::clamp<int64_t>(2 * mlpconv_threads() / blocks.count, 1, panels.count);
  const int64_t tasks = blocks.count * groups, parts = std::min<int64_t>(tasks, mlpconv_threads());
  // The windows of a block, and where the sums of the first panel's columns go. A tile that extends past the end repeats the last of both.
  struct Places {
    std::vector<const Factor*> windows;
    std::vector<float*> sums;
  };
  constexpr int MOST_ROWS = ROWS<1, Factor>;
  const auto compute = [&](int64_t task, bool last, Places& places) {
    const int64_t block = task / groups, group = task % groups;
    const int64_t image = block / blocks.per_image * blocks.images, row = block % blocks.per_image * blocks.lines;
    const int64_t images = std::min(blocks.images, s.batch - image), lines = std::min(blocks.lines, s.out_height - row);
    if (lines <= 0) return;
    const Factor* from = nullptr;
    if constexpr (PER_LANE<Factor> == 1) from = x.values + image * in_image + row * s.stride_height * line;
    const int64_t first_panel = panels.count * group / groups, end_panel = panels.count * (group + 1) / groups;
    Prefetcher prefetcher;
    if (!last && groups == 1) {
      // The next block's input: the rows after this block's, or whole images.
      const int64_t run = int64_t{s.in_width} * s.in_channels;
      const int64_t begin = std::max<int64_t>(0, (image * s.in_height + (row + lines) * s.stride_height - s.pad_top) * run);
      const int64_t size = blocks.per_image == 1 ? blocks.images * in_image : blocks.lines * s.stride_height * run;
      const int64_t count = std::min(size, s.batch * in_image - begin);
      prefetcher.add(x.values + begin, count);
      if (x.mask) prefetcher.add(x.mask + begin, count);
      prefetcher.spread(ceil_div(windows_of(images, lines), ROWS<2, Factor>) * panels.count);
    }
    if (copy) {
      Factor* border = scratch_of<Factor>(THREAD_INPUT, blocks.images * next_image);
      for (int64_t i = 0; i < images; i++) {
        const int64_t at = (image + i) * in_image;
        copy_rows_as(s, {x.values + at, x.mask ? x.mask + at : nullptr}, row * s.stride_height, blocks.rows, width, border + i * next_image);
      }
      from = border;
    }
    const int64_t windows = windows_of(images, lines);
    float* unstored = across ? scratch(THREAD_OUTPUT, panels.padded()) : nullptr;
    float* to = y + (image * s.out_height + row) * s.out_width * s.out_channels;
    places.windows.resize(windows + MOST_ROWS);
    places.sums.resize(windows + MOST_ROWS);
    for (int64_t i = 0; i < windows + MOST_ROWS; i++) {
      const int64_t window = std::min(i, windows - 1), pixel = outputs[window];
      places.windows[i] = from + starts[window];
      places.sums[i] = (pixel < 0 ? unstored : to + pixel * s.out_channels) + panels.first(first_panel);
    }
    for (int64_t panel = first_panel; panel < end_panel; panel++) {
      with_vectors(panels.vectors_of(panel), [&](auto vectors) {
        constexpr int R = ROWS<vectors, Factor>;
        const int64_t first = panels.first(panel);
        for (int64_t window = 0; window < windows; window += R) {
          prefetcher.next();
          add_runs<vectors>(places.windows.data() + window, s.kernel_height, line, length, packed + first * k,
                            {places.sums.data() + window, static_cast<int>(std::min<int64_t>(R, windows - window)), panels.columns_of(panel), false,
                             padded_bias ? padded_bias + first : nullptr, relu});
        }
      });
      for (float*& sums : places.sums) sums += panels.width(panel);
    }
  };
  // Adjacent blocks go to one thread.
  parallel_for(parts, [&](int64_t part) {
    const TileRegisters<Factor> registers(length);
    Places places;
    const int64_t end = tasks * (part + 1) / parts;
    for (int64_t task = tasks * part / parts; task < end; task++) compute(task, task + 1 == end, places);
  });
}

}  // namespace

void copy_rows(const ConvShape& s, Masked image, int64_t first_row, int64_t rows, int64_t width, float* to) {
  copy_rows_as(s, image, first_row, rows, width, to);
}

void direct_forward(const ConvShape& s, Masked x, const float* filter, Filter way, const float* bias, bool relu, float* y) {
  if (const int packing = pixel_packing(s); packing > 1) return narrow_forward(s, packing, x, filter, way, bias, relu, y);
  with_factors([&](auto factor) { forward<decltype(factor)>(s, x, filter, way, bias, relu, y); });
}

ConvShape flipped(const ConvShape& s) {
  return {s.batch, s.out_height, s.out_width, s.out_channels, s.in_height, s.in_width, s.in_channels, s.kernel_height, s.kernel_width,
          1, 1, s.kernel_height - 1 - s.pad_top, s.kernel_width - 1 - s.pad_left};
}

}  // namespace mlpconv
