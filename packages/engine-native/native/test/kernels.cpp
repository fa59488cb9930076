// Every kernel but convolutions and matrix products against naive loops, over shapes drawn at random: kernels [rounds] [seed].
// Link it with kernels built with -fsanitize=address,undefined.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <vector>

#include "../kernels.h"
#include "random.h"
#include "threefry.h"

namespace {

// visit(output pixel, input pixel, tap) for each pair that a window connects.
template <class Visit>
void for_pairs(const ConvShape& s, const Visit& visit) {
  for (int64_t b = 0; b < s.batch; b++)
    for (int oy = 0; oy < s.out_height; oy++)
      for (int ox = 0; ox < s.out_width; ox++)
        for (int ky = 0; ky < s.kernel_height; ky++)
          for (int kx = 0; kx < s.kernel_width; kx++) {
            const int iy = oy * s.stride_height - s.pad_top + ky, ix = ox * s.stride_width - s.pad_left + kx;
            if (iy < 0 || ix < 0 || iy >= s.in_height || ix >= s.in_width) continue;
            visit((b * s.out_height + oy) * s.out_width + ox, (b * s.in_height + iy) * s.in_width + ix, ky * s.kernel_width + kx);
          }
}

ConvShape random_windows() {
  ConvShape s{};
  s.batch = between(1, 4);
  s.kernel_height = between(1, 5), s.kernel_width = between(1, 5);
  s.stride_height = between(1, 3), s.stride_width = between(1, 3);
  s.pad_top = between(0, s.kernel_height - 1), s.pad_left = between(0, s.kernel_width - 1);
  const int bottom = between(0, s.kernel_height - 1), right = between(0, s.kernel_width - 1);
  s.in_height = between(s.kernel_height, 14), s.in_width = between(s.kernel_width, 14);
  s.out_height = (s.in_height + s.pad_top + bottom - s.kernel_height) / s.stride_height + 1;
  s.out_width = (s.in_width + s.pad_left + right - s.kernel_width) / s.stride_width + 1;
  s.in_channels = between(1, 70);
  s.out_channels = s.in_channels;
  return s;
}

void check_pooling() {
  const ConvShape s = random_windows();
  const int64_t in = int64_t{s.batch} * s.in_height * s.in_width, out = int64_t{s.batch} * s.out_height * s.out_width;
  const int C = s.in_channels;
  const std::vector<int> shape{s.batch, s.in_height, s.in_width, C, s.kernel_height, s.kernel_width, s.stride_height, s.stride_width, s.pad_top, s.pad_left};
  const auto x = numbers(in * C), dy = numbers(out * C);
  auto y = unwritten(out * C), mean = unwritten(out * C), dx = unwritten(in * C), spread = unwritten(in * C);
  std::vector<double> best(out * C, -INFINITY), sum(out * C), count(out * C), edx(in * C), espread(in * C);
  std::vector<int64_t> at(out * C, -1);
  for_pairs(s, [&](int64_t to, int64_t from, int) {
    for (int c = 0; c < C; c++) {
      const int64_t i = to * C + c, j = from * C + c;
      if (x[j] > best[i]) best[i] = x[j], at[i] = j;
      sum[i] += x[j], count[i]++;
    }
  });
  for_pairs(s, [&](int64_t to, int64_t from, int) {
    for (int c = 0; c < C; c++) espread[from * C + c] += dy[to * C + c] / count[to * C + c];
  });
  for (int64_t i = 0; i < out * C; i++) {
    sum[i] /= count[i];
    if (at[i] >= 0) edx[at[i]] += dy[i];
  }
  mlpconv_max_pool(&s, x.data(), y.data());
  expect_close("max pool", shape, y, best);
  mlpconv_max_pool_grad(&s, x.data(), dy.data(), dx.data());
  expect_close("max pool gradient", shape, dx, edx);
  mlpconv_avg_pool(&s, x.data(), mean.data());
  expect_close("mean pool", shape, mean, sum);
  mlpconv_avg_pool_grad(&s, dy.data(), spread.data());
  expect_close("mean pool gradient", shape, spread, espread);
}

void check_sums() {
  const int outer = between(1, 20), reduced = between(1, 600), inner = between(0, 1) ? 1 : between(2, 90);
  const auto x = numbers(int64_t{outer} * reduced * inner);
  auto y = unwritten(outer * inner), largest = unwritten(outer * inner), smallest = unwritten(outer * inner);
  std::vector<double> expected(y.size()), maximum(y.size(), -INFINITY), minimum(y.size(), INFINITY), at(y.size());
  for (size_t i = 0; i < x.size(); i++) {
    const size_t to = i / inner / reduced * inner + i % inner;
    if (x[i] > maximum[to]) at[to] = i / inner % reduced;
    expected[to] += 0.25 * x[i], maximum[to] = std::max<double>(maximum[to], x[i]), minimum[to] = std::min<double>(minimum[to], x[i]);
  }
  const std::vector<int> shape{outer, reduced, inner};
  mlpconv_sum(outer, reduced, inner, 0.25f, x.data(), y.data());
  mlpconv_fold(MAX_FLOATS, outer, reduced, inner, x.data(), largest.data());
  mlpconv_fold(MIN_FLOATS, outer, reduced, inner, x.data(), smallest.data());
  expect_close("sum", shape, y, expected);
  expect_close("maximum", shape, largest, maximum, 0);
  expect_close("minimum", shape, smallest, minimum, 0);
  std::vector<int32_t> places(y.size());
  mlpconv_arg_extreme(0, 0, outer, reduced, inner, x.data(), places.data());
  expect_close("position of the maximum", shape, {places.begin(), places.end()}, at, 0);

  // Whole numbers and factors near 1, whose product neither overflows nor vanishes.
  std::vector<int32_t> integers(x.size()), sums(y.size());
  std::vector<uint8_t> bytes(x.size()), all(y.size());
  auto factors = x;
  std::vector<double> total(y.size()), product(y.size(), 1), every(y.size(), 1);
  for (size_t i = 0; i < x.size(); i++) {
    const size_t to = i / inner / reduced * inner + i % inner;
    integers[i] = between(-1000, 1000), bytes[i] = between(0, reduced) != 0, factors[i] = 1 + x[i] / 100;
    total[to] += integers[i], product[to] *= factors[i], every[to] = every[to] && bytes[i];
  }
  mlpconv_fold(SUM_INTS, outer, reduced, inner, integers.data(), sums.data());
  mlpconv_fold(ALL_BYTES, outer, reduced, inner, bytes.data(), all.data());
  mlpconv_product(0, outer, reduced, inner, factors.data(), y.data());
  expect_close("sum of integers", shape, {sums.begin(), sums.end()}, total, 0);
  expect_close("whether all are true", shape, {all.begin(), all.end()}, every, 0);
  expect_close("product", shape, y, product);
}

void check_top_k() {
  const int rows = between(1, 9), columns = between(1, 200), k = between(0, columns);
  const auto x = numbers(int64_t{rows} * columns);
  auto values = unwritten(rows * k);
  std::vector<int32_t> positions(values.size());
  mlpconv_top_k(0, rows, columns, k, x.data(), values.data(), positions.data());
  std::vector<double> expected, from;
  for (int row = 0; row < rows; row++) {
    std::vector<float> sorted(x.begin() + row * columns, x.begin() + (row + 1) * columns);
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    expected.insert(expected.end(), sorted.begin(), sorted.begin() + k);
    for (int i = 0; i < k; i++) from.push_back(x[row * columns + positions[row * k + i]]);
  }
  expect_close("k largest", {rows, columns, k}, values, expected, 0);
  expect_close("positions of the k largest", {rows, columns, k}, values, from, 0);
}

// A box in an array just as long: strides in a random order, some of them negative.
struct RandomPlaces {
  int32_t strides[6];
  int64_t begin = 0, length = 1;

  RandomPlaces(const int32_t* size, bool dense_run, bool repeated) {
    int order[] = {0, 1, 2, 3, 4};
    std::shuffle(order, order + 5, generator);
    strides[5] = 1;
    length = size[5] + (dense_run ? 0 : between(0, 2));
    for (const int axis : order) {
      const int32_t step = static_cast<int32_t>(length);
      if (repeated && between(0, 4) == 0) {
        strides[axis] = 0;
        continue;
      }
      const bool backwards = between(0, 3) == 0;
      strides[axis] = backwards ? -step : step;
      if (backwards) begin += int64_t{size[axis] - 1} * step;
      length *= size[axis];
    }
  }
  int64_t at(const int* position) const {
    int64_t place = begin;
    for (int i = 0; i < 6; i++) place += int64_t{position[i]} * strides[i];
    return place;
  }
};

void check_boxes() {
  int32_t size[6];
  for (int i = 0; i < 5; i++) size[i] = between(0, 1) ? 1 : between(2, 5);
  size[5] = between(0, 1) ? 1 : between(0, 4) ? between(2, 40) : between(60, 300);
  // Now and then two axes that take several tiles, or one long run.
  if (between(0, 1)) {
    size[0] = size[1] = size[2] = 1;
    size[between(0, 3)] = between(30, 70), size[4] = between(30, 70);
  }
  if (between(0, 20) == 0) std::fill(size, size + 5, 1), size[5] = between(1, 60000);
  const RandomPlaces from(size, between(0, 1), true), to(size, between(0, 1), false);
  std::vector<int32_t> axes(size, size + 6);
  axes.insert(axes.end(), from.strides, from.strides + 6);
  axes.insert(axes.end(), to.strides, to.strides + 6);
  const auto x = numbers(from.length);
  auto y = numbers(to.length);
  std::vector<uint8_t> x_bytes(x.size()), y_bytes(y.size());
  for (uint8_t& value : x_bytes) value = between(0, 255);
  std::vector<double> expected(y.begin(), y.end()), expected_bytes(y.size());
  int at[6];
  int64_t count = 1;
  for (const int32_t each : size) count *= each;
  for (int64_t i = 0; i < count; i++) {
    for (int64_t axis = 5, rest = i; axis >= 0; rest /= size[axis--]) at[axis] = rest % size[axis];
    expected[to.at(at)] = x[from.at(at)];
    expected_bytes[to.at(at)] = x_bytes[from.at(at)];
  }
  mlpconv_copy_box(4, axes.data(), from.begin, to.begin, x.data(), y.data());
  mlpconv_copy_box(1, axes.data(), from.begin, to.begin, x_bytes.data(), y_bytes.data());
  const std::vector<int> shape(size, size + 6);
  expect_close("box", shape, y, expected, 0);
  expect_close("box of bytes", shape, {y_bytes.begin(), y_bytes.end()}, expected_bytes, 0);
}

void check_rows() {
  const int batch = between(1, 3), per_batch = between(1, 3), outer = batch * per_batch, length = between(1, 20), count = between(0, 40);
  const int inner = between(0, 1) ? 1 : between(2, 90);
  const std::vector<int> shape{outer, per_batch, length, count, inner};
  std::vector<int32_t> indices(batch * count);
  for (int32_t& index : indices) index = between(0, length - 1);
  const auto x = numbers(int64_t{outer} * length * inner);
  auto y = unwritten(int64_t{outer} * count * inner);
  std::vector<double> expected(y.size());
  for (size_t i = 0; i < y.size(); i++) {
    const size_t row = i / inner / count, k = i / inner % count;
    expected[i] = x[(row * length + indices[row / per_batch * count + k]) * inner + i % inner];
  }
  mlpconv_gather(outer, per_batch, length, count, inner * 4, indices.data(), x.data(), y.data());
  expect_close("gather", shape, y, expected, 0);

  const auto updates = numbers(int64_t{count} * inner);
  const auto before = numbers(int64_t{length} * inner);
  std::vector<double> set(before.begin(), before.end()), sum = set;
  for (int i = 0; i < count * inner; i++) {
    const int to = indices[i / inner] * inner + i % inner;
    set[to] = updates[i], sum[to] += updates[i];
  }
  auto written = before, added = before;
  mlpconv_scatter(SET_BYTES, count, inner * 4, indices.data(), updates.data(), written.data());
  mlpconv_scatter(ADD_FLOATS, count, inner, indices.data(), updates.data(), added.data());
  expect_close("scatter", shape, written, set, 0);
  expect_close("scatter of sums", shape, added, sum);
}

void check_scans() {
  const int outer = between(1, 20), length = between(1, 60), inner = between(0, 1) ? 1 : between(2, 30);
  const int exclusive = between(0, 1), reverse = between(0, 1);
  auto x = numbers(int64_t{outer} * length * inner);
  for (float& value : x) value += 1;  // products that do not vanish
  auto sums = unwritten(x.size()), products = unwritten(x.size());
  std::vector<double> expected_sums(x.size()), expected_products(x.size());
  for (int i = 0; i < outer; i++)
    for (int j = 0; j < inner; j++) {
      double sum = 0, product = 1;
      for (int k = 0; k < length; k++) {
        const size_t at = (size_t(i) * length + (reverse ? length - 1 - k : k)) * inner + j;
        if (exclusive) expected_sums[at] = sum, expected_products[at] = product;
        sum += x[at], product *= x[at];
        if (!exclusive) expected_sums[at] = sum, expected_products[at] = product;
      }
    }
  mlpconv_scan(SUM_FLOATS, outer, length, inner, exclusive, reverse, x.data(), sums.data());
  mlpconv_scan(PRODUCT_FLOATS, outer, length, inner, exclusive, reverse, x.data(), products.data());
  expect_close("cumulative sum", {outer, length, inner, exclusive, reverse}, sums, expected_sums);
  expect_close("cumulative product", {outer, length, inner, exclusive, reverse}, products, expected_products);
}

void check_unary() {
  const int count = between(1, 5000);
  const auto x = numbers(count);
  auto y = unwritten(count);
  std::vector<double> expected(count);
  const auto log1p = [](double v) { return std::log1p(v); };
  const std::function<double(double)> unary[] = {
      [](double v) { return std::max(v, 0.0); }, [](double v) { return 1 / (1 + std::exp(-v)); }, [](double v) { return v > 0 ? 1 : 0.25; },
      [](double v) { return -v; },               [](double v) { return v * v; },                  [](double v) { return std::sqrt(v); },
      [](double v) { return std::exp(v); },      [](double v) { return std::floor(v); },          [](double v) { return std::tanh(v); },
      [](double v) { return std::abs(v); },      [](double v) { return std::ceil(v); },           [](double v) { return std::clamp(v, 0.25, 0.5); },
      [](double v) { return std::clamp(v, 0.0, 6.0); }, [](double v) { return v < 0 ? 0.25 * v : v; },
      [](double v) { return v < 0 ? std::expm1(v) : v; },
      [](double v) { return v < 0 ? 1.7580993408473766 * std::expm1(v) : 1.0507009873554805 * v; },
      [](double v) { return 1 / v; },            [](double v) { return 1 / std::sqrt(v); },       [](double v) { return std::nearbyint(v); },
      [](double v) { return (v > 0) - (v < 0); }, [](double v) { return std::log(v); },           log1p,
      [](double v) { return std::expm1(v); },    [&](double v) { return log1p(std::exp(v)); },    [](double v) { return std::erf(v); },
      [](double v) { return std::sin(v); },      [](double v) { return std::cos(v); },            [](double v) { return std::tan(v); },
      [](double v) { return std::sinh(v); },     [](double v) { return std::cosh(v); },           [](double v) { return std::asin(v); },
      [](double v) { return std::acos(v); },     [](double v) { return std::atan(v); },           [](double v) { return std::asinh(v); },
      [](double v) { return std::acosh(v); },    [](double v) { return std::atanh(v); }};
  for (int op = RELU; op <= ATANH; op++) {
    auto from = x;
    for (float& value : from) {
      if (op == SQRT || op == RSQRT || op == LOG || op == RECIPROCAL) value = std::abs(value) + 0.25f;
      else if (op == ACOSH) value = std::abs(value) + 1;
      else if (op == LOG1P || op == ATANH) value *= 0.5f;
    }
    for (int i = 0; i < count; i++) expected[i] = unary[op](from[i]);
    if (mlpconv_unary(op, FLOAT32, count, from.data(), 0.25, 0.5, y.data())) std::printf("%s\n", mlpconv_error()), std::exit(1);
    expect_close("unary operation", {op, count}, y, expected);
  }

  std::vector<int32_t> integers(count), results(count);
  for (int32_t& value : integers) value = between(-40'000, 40'000);
  integers[0] = INT32_MIN;
  const auto as_floats = [](const auto& values) { return std::vector<float>(values.begin(), values.end()); };
  const std::pair<int, std::function<double(double)>> of_integers[] = {
      {RELU, unary[RELU]}, {NEGATE, unary[NEGATE]}, {SQUARE, unary[SQUARE]}, {ABS, unary[ABS]}, {RELU6, unary[RELU6]}, {SIGN, unary[SIGN]},
      {CLIP, [](double v) { return std::clamp(v, -5.0, 100.0); }}};
  for (const auto& [op, function] : of_integers) {
    for (int i = 0; i < count; i++) expected[i] = function(integers[i]);
    // The smallest integer wraps around.
    if (op == NEGATE || op == ABS) expected[0] = INT32_MIN;
    else if (op == SQUARE) expected[0] = 0;
    mlpconv_unary(op, INT32, count, integers.data(), -5, 100, results.data());
    expect_close("unary operation on integers", {op, count}, as_floats(results), expected);
  }

  std::vector<uint8_t> flags(count);
  auto odd = x;
  for (int i = 0; i < count; i++) odd[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? -INFINITY : x[i];
  for (int op = IS_NAN; op <= IS_FINITE; op++) {
    for (int i = 0; i < count; i++) expected[i] = i % 3 == op - IS_NAN;
    mlpconv_unary(op, FLOAT32, count, odd.data(), 0, 0, flags.data());
    expect_close("test", {op, count}, as_floats(flags), expected, 0);
  }
  auto opposite = flags;
  for (int i = 0; i < count; i++) expected[i] = !flags[i];
  mlpconv_unary(NOT, BOOL, count, flags.data(), 0, 0, opposite.data());
  expect_close("not", {count}, as_floats(opposite), expected, 0);

  mlpconv_fill(count, 3, y.data());
  expect_close("fill", {count}, y, std::vector<double>(count, 3), 0);
  mlpconv_cast(INT32, FLOAT32, count, integers.data(), y.data());
  expect_close("cast of integers", {count}, y, {integers.begin(), integers.end()}, 1e-7);
  mlpconv_cast(BOOL, INT32, count, flags.data(), results.data());
  expect_close("cast of flags", {count}, as_floats(results), {flags.begin(), flags.end()}, 0);
  // By JavaScript's rule for what does not fit.
  odd[count - 1] = 4294967296.0f * 3 + 1024;
  for (int i = 0; i < count; i++) expected[i] = i % 3 == 2 ? std::trunc(x[i]) : 0;
  expected[count - 1] = 1024;
  mlpconv_cast(FLOAT32, INT32, count, odd.data(), results.data());
  expect_close("cast to integers", {count}, as_floats(results), expected, 0);

  const int width = between(1, 4), rows = count / width;
  std::vector<float> t(rows * width, 2), chosen = unwritten(rows * width);
  std::vector<double> choice(rows * width);
  for (int i = 0; i < rows * width; i++) choice[i] = flags[i / width] ? 2 : x[i];
  mlpconv_select(rows, width, FLOAT32, flags.data(), t.data(), x.data(), chosen.data());
  expect_close("choice", {rows, width}, chosen, choice, 0);
}

void check_binary() {
  const std::function<double(double, double)> binary[] = {
      [](double v, double w) { return v + w; },
      [](double v, double w) { return v - w; },
      [](double v, double w) { return v * w; },
      [](double v, double w) { return v / w; },
      [](double v, double w) { return std::max(v, w); },
      [](double v, double w) { return std::min(v, w); },
      [](double v, double w) { return v * w * (1 - w); },
      [](double v, double w) { return w >= 0 ? v : v * (w + 1); },
      [](double v, double w) { return (v - w) * (v - w); },
      [](double v, double w) { return std::pow(std::abs(v), w); },
      [](double v, double w) { return std::floor(v / w); },
      [](double v, double w) { return v - w * std::floor(v / w); },
      [](double v, double w) { return v < 0 ? w * v : v; },
      [](double v, double w) { return std::atan2(v, w); },
      [](double v, double w) { return v == w; },
      [](double v, double w) { return v != w; },
      [](double v, double w) { return v > w; },
      [](double v, double w) { return v >= w; },
      [](double v, double w) { return v < w; },
      [](double v, double w) { return v <= w; },
      [](double v, double w) { return v && w; },
      [](double v, double w) { return v || w; },
      [](double v, double w) { return int(v) & int(w); }};
  BroadcastShape s{{between(1, 4), between(1, 4), between(0, 5) ? between(1, 9) : between(100, 300), between(0, 5) ? between(1, 70) : between(900, 1300)}, {}, {}};
  const int32_t* shape = s.sizes;
  const int64_t size = int64_t{shape[0]} * shape[1] * shape[2] * shape[3];
  // Strides of a dense tensor of the shape whose broadcast axes have size 1, and its length.
  const auto draw = [&](int32_t* strides) {
    int32_t length = 1;
    for (int axis = 3; axis >= 0; axis--) {
      const bool broadcast = between(0, 2) == 0;
      strides[axis] = broadcast ? 0 : length;
      if (!broadcast) length *= shape[axis];
    }
    return length;
  };
  const auto a = numbers(draw(s.a_strides));
  auto b = numbers(draw(s.b_strides));
  for (float& value : b) value += value < 0 ? -0.5f : 0.5f;  // it divides

  // Of one type: the operation over all places, into results of type `output`.
  const auto check = [&](const char* what, int op, int type, const auto& left, const auto& right, auto output) {
    std::vector<decltype(output)> results(size);
    std::vector<double> expected(size);
    for (int64_t i = 0; i < size; i++) {
      const int at[4] = {static_cast<int>(i / shape[3] / shape[2] / shape[1]), static_cast<int>(i / shape[3] / shape[2] % shape[1]),
                         static_cast<int>(i / shape[3] % shape[2]), static_cast<int>(i % shape[3])};
      const auto value = [&](const auto& values, const int32_t* strides) {
        return values[at[0] * strides[0] + at[1] * strides[1] + at[2] * strides[2] + at[3] * strides[3]];
      };
      expected[i] = binary[op](value(left, s.a_strides), value(right, s.b_strides));
    }
    if (mlpconv_binary(op, type, &s, left.data(), right.data(), results.data()))
      std::printf("%s\n", mlpconv_error()), std::exit(1);
    expect_close(what, {op, shape[0], shape[1], shape[2], shape[3]}, {results.begin(), results.end()}, expected);
  };
  for (int op = ADD; op <= LESS_EQUAL; op++) {
    auto left = a;
    if (op == POWER) for (float& value : left) value = std::abs(value);
    if (op == FLOOR_DIVIDE) check("quotient", op, FLOAT32, left, b, int32_t{});
    else if (op < EQUAL) check("binary operation", op, FLOAT32, left, b, float{});
    else check("comparison", op, FLOAT32, left, b, uint8_t{});
  }
  std::vector<int32_t> left(a.size()), right(b.size());
  for (int32_t& value : left) value = between(-30'000, 30'000);
  for (int32_t& value : right) value = between(0, 1) ? between(1, 30'000) : between(-30'000, -1);
  for (const int op : {ADD, SUBTRACT, MULTIPLY, MAXIMUM, MINIMUM, FLOOR_DIVIDE, MODULO, BITWISE_AND}) {
    check("operation on integers", op, INT32, left, right, int32_t{});
  }
  for (int op = EQUAL; op <= LESS_EQUAL; op++) check("comparison of integers", op, INT32, left, right, uint8_t{});
  std::vector<uint8_t> true_left(a.size()), true_right(b.size());
  for (uint8_t& value : true_left) value = between(0, 1);
  for (uint8_t& value : true_right) value = between(0, 1);
  for (int op = EQUAL; op <= LOGICAL_OR; op++) check("operation on flags", op, BOOL, true_left, true_right, uint8_t{});
}

void check_resize() {
  const int batch = between(1, 3), channels = between(1, 4), in_height = between(1, 20), in_width = between(1, 20);
  const int height = between(1, 40), width = between(1, 40);
  std::vector<int32_t> levels(int64_t{batch} * in_height * in_width * channels);
  const int level = between(0, 255);
  for (int32_t& value : levels) value = level;
  auto y = unwritten(int64_t{batch} * height * width * channels);
  mlpconv_resize_levels(batch, in_height, in_width, channels, height, width, levels.data(), y.data());
  // Weights sum to 1; what they are the conformance suite knows.
  expect_close("resize", {batch, in_height, in_width, channels, height, width}, y, std::vector<double>(y.size(), level / 255.0));
}

void check_losses() {
  const int rows = between(1, 40), classes = between(1, 40);
  const auto logits = numbers(int64_t{rows} * classes);
  std::vector<int32_t> labels(rows);
  for (int32_t& label : labels) label = between(0, classes - 1);
  std::vector<double> shares(logits.size()), gradient(logits.size());
  double expected = 0;
  for (int row = 0; row < rows; row++) {
    double sum = 0;
    for (int c = 0; c < classes; c++) sum += std::exp(double{logits[row * classes + c]});
    for (int c = 0; c < classes; c++) {
      shares[row * classes + c] = std::exp(double{logits[row * classes + c]}) / sum;
      gradient[row * classes + c] = (shares[row * classes + c] - (c == labels[row])) / rows;
    }
    expected -= std::log(shares[row * classes + labels[row]]) / rows;
  }
  auto y = unwritten(logits.size()), d_logits = unwritten(logits.size()), loss = unwritten(1);
  mlpconv_softmax(rows, classes, logits.data(), y.data());
  expect_close("softmax", {rows, classes}, y, shares);
  mlpconv_softmax_cross_entropy(rows, classes, logits.data(), labels.data(), loss.data(), d_logits.data());
  expect_close("cross-entropy", {rows, classes}, loss, {expected});
  expect_close("cross-entropy's gradient", {rows, classes}, d_logits, gradient);
}

void check_training() {
  const int count = between(1, 5000);
  const auto x = numbers(count);
  auto dropped = unwritten(count);
  const uint32_t key0 = generator(), key1 = generator(), block = between(0, 9);
  const double threshold = between(0, 10) / 10.0 * 4294967296.0;
  const int offset = between(0, 100);
  mlpconv_dropout(count, offset, key0, key1, block, threshold, 2, x.data(), dropped.data());
  std::vector<double> kept(count);
  for (int i = 0; i < count; i++) {
    const int word = offset + i;
    kept[i] = threefry_word(key0, key1, word / 2, block, word % 2) < threshold ? 0 : 2 * x[i];
  }
  expect_close("dropout", {count, offset, static_cast<int>(10 * threshold / 4294967296.0)}, dropped, kept, 0);

  const bool nesterov = between(0, 1);
  auto weights = numbers(count), velocity = numbers(count);
  std::vector<double> moved(count), faster(count);
  for (int i = 0; i < count; i++) {
    faster[i] = 0.9 * velocity[i] + x[i];
    moved[i] = 0.99 * weights[i] - 0.1 * (nesterov ? x[i] + 0.9 * faster[i] : faster[i]);
  }
  mlpconv_sgd(count, 0.1f, 0.9f, nesterov, 0.99f, weights.data(), velocity.data(), x.data(), weights.data(), velocity.data());
  expect_close("weights by SGD", {count, nesterov}, weights, moved);
  expect_close("velocity by SGD", {count, nesterov}, velocity, faster);
  for (int i = 0; i < count; i++) moved[i] = 0.99 * weights[i] - 0.1 * x[i];
  mlpconv_sgd(count, 0.1f, 0, false, 0.99f, weights.data(), nullptr, x.data(), weights.data(), nullptr);
  expect_close("weights by SGD without momentum", {count}, weights, moved);

  auto mean = numbers(count), square = numbers(count);
  for (float& value : square) value = std::abs(value);
  std::vector<double> means(count), squares(count);
  for (int i = 0; i < count; i++) {
    means[i] = 0.9 * mean[i] + 0.1 * x[i];
    squares[i] = 0.999 * square[i] + 0.001 * x[i] * x[i];
    moved[i] = 0.99 * weights[i] - 0.1 * means[i] / (2 * std::sqrt(squares[i]) + 0.01);
  }
  mlpconv_adam(count, 0.1f, 0.9, 0.999, 0.01f, 2, 0.99f, weights.data(), mean.data(), square.data(), x.data(), weights.data(), mean.data(),
               square.data());
  expect_close("weights by Adam", {count}, weights, moved);
  expect_close("mean by Adam", {count}, mean, means);
  expect_close("square by Adam", {count}, square, squares);
}

void check_depthwise() {
  ConvShape s = random_windows();
  const int multiplier = between(0, 2) ? 1 : between(2, 4), C = s.in_channels, M = C * multiplier;
  const int down = between(0, 2) ? 1 : between(2, 3), across = between(0, 2) ? 1 : between(2, 3);
  s.out_channels = M;
  // Larger by what the dilation adds to the window.
  s.in_height += (s.kernel_height - 1) * (down - 1), s.in_width += (s.kernel_width - 1) * (across - 1);
  const int64_t in = int64_t{s.batch} * s.in_height * s.in_width, out = int64_t{s.batch} * s.out_height * s.out_width;
  const std::vector<int> shape{s.batch, s.in_height, s.in_width, C, M, s.kernel_height, s.kernel_width, s.stride_height, s.stride_width,
                               s.pad_top, s.pad_left, down, across};
  const auto x = numbers(in * C), filter = numbers(int64_t{s.kernel_height} * s.kernel_width * M), bias = numbers(M), dy = numbers(out * M);
  auto y = unwritten(out * M), dx = unwritten(in * C), d_filter = unwritten(filter.size());
  std::vector<double> ey(out * M), edx(in * C), ed_filter(filter.size());
  for (int64_t b = 0; b < s.batch; b++)
    for (int oy = 0; oy < s.out_height; oy++)
      for (int ox = 0; ox < s.out_width; ox++)
        for (int m = 0; m < M; m++) {
          const int64_t to = ((b * s.out_height + oy) * s.out_width + ox) * M + m;
          ey[to] = bias[m];
          for (int ky = 0; ky < s.kernel_height; ky++)
            for (int kx = 0; kx < s.kernel_width; kx++) {
              const int iy = oy * s.stride_height - s.pad_top + ky * down, ix = ox * s.stride_width - s.pad_left + kx * across;
              if (iy < 0 || ix < 0 || iy >= s.in_height || ix >= s.in_width) continue;
              const int64_t from = ((b * s.in_height + iy) * s.in_width + ix) * C + m / multiplier;
              const int64_t tap = (ky * s.kernel_width + kx) * M + m;
              ey[to] += double(x[from]) * filter[tap];
              edx[from] += double(dy[to]) * filter[tap];
              ed_filter[tap] += double(dy[to]) * x[from];
            }
          ey[to] = std::max(ey[to], 0.0);
        }
  mlpconv_depthwise_forward(&s, down, across, x.data(), filter.data(), bias.data(), 1, y.data());
  expect_close("depthwise convolution", shape, y, ey);
  mlpconv_depthwise_grad_input(&s, down, across, dy.data(), filter.data(), dx.data());
  expect_close("depthwise convolution's input gradient", shape, dx, edx);
  mlpconv_depthwise_grad_filter(&s, down, across, x.data(), dy.data(), d_filter.data());
  expect_close("depthwise convolution's filter gradient", shape, d_filter, ed_filter);
}

void check_batch_norm() {
  const int pixels = between(1, 900), C = between(0, 3) ? between(1, 70) : between(250, 300);
  const auto x = numbers(int64_t{pixels} * C), dy = numbers(int64_t{pixels} * C), mean = numbers(C), scale = numbers(C), offset = numbers(C);
  auto variance = numbers(C), y = unwritten(x.size()), dx = y;
  for (float& value : variance) value = std::abs(value);
  auto d_mean = unwritten(C), d_variance = d_mean, d_scale = d_mean, d_offset = d_mean;
  std::vector<double> ey(x.size()), edx(x.size()), ed_mean(C), ed_variance(C), ed_scale(C), ed_offset(C);
  for (size_t i = 0; i < x.size(); i++) {
    const int c = i % C;
    const double inverse = 1 / std::sqrt(variance[c] + 0.5), centred = x[i] - mean[c];
    ey[i] = centred * inverse * scale[c] + offset[c];
    edx[i] = dy[i] * inverse * scale[c];
    ed_mean[c] -= edx[i];
    ed_variance[c] -= 0.5 * edx[i] * centred * inverse * inverse;
    ed_scale[c] += dy[i] * centred * inverse;
    ed_offset[c] += dy[i];
  }
  mlpconv_batch_norm(x.size(), C, x.data(), mean.data(), variance.data(), scale.data(), offset.data(), 0.5f, nullptr, 0, y.data());
  expect_close("batch norm", {pixels, C}, y, ey);
  mlpconv_batch_norm_grad(x.size(), C, x.data(), mean.data(), variance.data(), scale.data(), 0.5f, dy.data(), dx.data(), d_mean.data(),
                          d_variance.data(), d_scale.data(), d_offset.data());
  expect_close("batch norm's gradient", {pixels, C}, dx, edx);
  expect_close("the mean's gradient", {pixels, C}, d_mean, ed_mean);
  expect_close("the variance's gradient", {pixels, C}, d_variance, ed_variance);
  expect_close("the scale's gradient", {pixels, C}, d_scale, ed_scale);
  expect_close("the offset's gradient", {pixels, C}, d_offset, ed_offset);
}

void check_batch_norm_training() {
  const int64_t pixels = between(1, 1500), C = between(0, 3) ? between(1, 70) : between(250, 300);
  const bool relu = between(0, 1), residual = between(0, 1);
  const double far = between(0, 2) ? 0 : 10;
  auto x = numbers(pixels * C);
  for (float& value : x) value = static_cast<float>(value + far);
  const auto dy = numbers(pixels * C), add = numbers(pixels * C), scale = numbers(C), offset = numbers(C);
  auto y = unwritten(x.size()), dx = y, d_add = y, mean = unwritten(C), variance = mean, d_scale = mean, d_offset = mean;
  std::vector<double> ey(x.size()), edx(x.size()), ed_add(x.size()), emean(C), evariance(C), ed_scale(C), ed_offset(C);
  const auto centred = [&](int64_t i) { return x[i] - emean[i % C]; };
  for (size_t i = 0; i < x.size(); i++) emean[i % C] += double(x[i]) / pixels;
  for (size_t i = 0; i < x.size(); i++) evariance[i % C] += centred(i) * centred(i) / pixels;
  mlpconv_batch_norm_train(x.size(), C, x.data(), scale.data(), offset.data(), 0.5f, residual ? add.data() : nullptr, relu, y.data(), mean.data(),
                           variance.data());
  mlpconv_batch_norm_train_grad(x.size(), C, x.data(), dy.data(), y.data(), scale.data(), offset.data(), mean.data(), variance.data(), 0.5f, relu,
                                dx.data(), d_scale.data(), d_offset.data(), residual && relu ? d_add.data() : nullptr);
  for (size_t i = 0; i < x.size(); i++) {
    const int c = i % C;
    const double inverse = 1 / std::sqrt(evariance[c] + 0.5);
    ey[i] = centred(i) * inverse * scale[c] + offset[c] + (residual ? add[i] : 0);
    if (relu) ey[i] = std::max(ey[i], 0.0);
    // By the kernel's own y, because rounding decides what is 0.
    ed_add[i] = relu && y[i] <= 0 ? 0 : dy[i];
    ed_scale[c] += ed_add[i] * centred(i) * inverse;
    ed_offset[c] += ed_add[i];
  }
  for (size_t i = 0; i < x.size(); i++) {
    const int c = i % C;
    const double inverse = 1 / std::sqrt(evariance[c] + 0.5);
    edx[i] = scale[c] * inverse * (ed_add[i] - ed_offset[c] / pixels - centred(i) * inverse * ed_scale[c] / pixels);
  }
  const std::vector<int> shape{static_cast<int>(pixels), static_cast<int>(C), relu, residual};
  expect_close("batch mean", shape, mean, emean);
  expect_close("batch variance", shape, variance, evariance);
  expect_close("batch norm in training", shape, y, ey);
  expect_close("its gradient", shape, dx, edx);
  expect_close("its scale's gradient", shape, d_scale, ed_scale);
  expect_close("its offset's gradient", shape, d_offset, ed_offset);
  if (residual && relu) expect_close("its addition's gradient", shape, d_add, ed_add, 0);
  // The sums do not depend on the number of threads.
  const auto once = variance, scale_once = d_scale;
  mlpconv_set_threads(mlpconv_threads() + 1);
  mlpconv_batch_norm_train(x.size(), C, x.data(), scale.data(), offset.data(), 0.5f, nullptr, 0, dx.data(), mean.data(), variance.data());
  mlpconv_batch_norm_train_grad(x.size(), C, x.data(), dy.data(), y.data(), scale.data(), offset.data(), mean.data(), variance.data(), 0.5f, relu,
                                dx.data(), d_scale.data(), d_offset.data(), residual && relu ? d_add.data() : nullptr);
  expect_close("batch variance on more threads", shape, variance, {once.begin(), once.end()}, 0);
  expect_close("scale's gradient on more threads", shape, d_scale, {scale_once.begin(), scale_once.end()}, 0);
}

void check_images() {
  const int B = between(1, 3), H = between(1, 9), W = between(1, 9), C = between(1, 40), h = between(1, 12), w = between(1, 20);
  const std::vector<int> shape{B, H, W, C, h, w};
  std::vector<int32_t> from, to;
  for (int i = 0; i < h + w; i++) {
    const int size = i < h ? H : W;
    from.push_back(between(0, size - 1));
    to.push_back(between(from.back(), size - 1));
  }
  const auto share = numbers(h + w), x = numbers(int64_t{B} * H * W * C), dy = numbers(int64_t{B} * h * w * C), missing = numbers(C);
  auto linear = unwritten(dy.size()), nearest = linear, dx = unwritten(x.size()), dx_nearest = dx;
  std::vector<double> elinear(dy.size()), enearest(dy.size()), edx(x.size()), edx_nearest(x.size());
  for (int64_t i = 0; i < static_cast<int64_t>(dy.size()); i++) {
    const int c = i % C, j = i / C % w, row = i / C / w % h, b = i / C / w / h;
    const auto at = [&](int y, int x) { return ((int64_t{b} * H + y) * W + x) * C + c; };
    const double down = share[row], across = share[h + j];
    const auto add = [&](int64_t pixel, double weight) { elinear[i] += x[pixel] * weight, edx[pixel] += dy[i] * weight; };
    add(at(from[row], from[h + j]), (1 - down) * (1 - across)), add(at(from[row], to[h + j]), (1 - down) * across);
    add(at(to[row], from[h + j]), down * (1 - across)), add(at(to[row], to[h + j]), down * across);
    enearest[i] = x[at(from[row], from[h + j])], edx_nearest[at(from[row], from[h + j])] += dy[i];
  }
  mlpconv_resize_linear(B, H, W, C, h, w, from.data(), to.data(), share.data(), x.data(), linear.data());
  expect_close("linear resizing", shape, linear, elinear);
  mlpconv_resize_linear_grad(B, H, W, C, h, w, from.data(), to.data(), share.data(), dy.data(), dx.data());
  expect_close("linear resizing's gradient", shape, dx, edx);
  mlpconv_resize_nearest(B, H, W, C, h, w, from.data(), x.data(), nearest.data());
  expect_close("nearest resizing", shape, nearest, enearest, 0);
  mlpconv_resize_nearest_grad(B, H, W, C, h, w, from.data(), dy.data(), dx_nearest.data());
  expect_close("nearest resizing's gradient", shape, dx_nearest, edx_nearest);

  std::vector<int32_t> pixels;
  for (int i = 0; i < h * w; i++) pixels.push_back(between(-1, H * W - 1));
  auto moved = unwritten(dy.size());
  std::vector<double> emoved(dy.size());
  for (int64_t i = 0; i < static_cast<int64_t>(dy.size()); i++) {
    const int pixel = pixels[i / C % (h * w)];
    emoved[i] = pixel < 0 ? missing[i % C] : x[(i / C / (h * w) * H * W + pixel) * C + i % C];
  }
  mlpconv_move_pixels(B, H * W, C, h * w, pixels.data(), missing.data(), x.data(), moved.data());
  expect_close("moved pixels", shape, moved, emoved, 0);
}

void check_response_norm() {
  const int pixels = between(1, 20), C = between(1, 70), radius = between(0, std::min(C, 6));
  const float beta = between(0, 1) ? 0.75f : 0.6f;
  const auto x = numbers(int64_t{pixels} * C), dy = numbers(int64_t{pixels} * C);
  auto y = unwritten(x.size()), dx = y;
  std::vector<double> norm(x.size()), ey(x.size()), edx(x.size());
  const auto neighbours = [&](int64_t i, const auto& visit) {
    const int64_t c = i % C;
    for (int64_t j = std::max<int64_t>(c - radius, 0); j <= std::min<int64_t>(c + radius, C - 1); j++) visit(i - c + j);
  };
  for (int64_t i = 0; i < pixels * C; i++) {
    norm[i] = 1.5;
    neighbours(i, [&](int64_t j) { norm[i] += 0.3 * x[j] * x[j]; });
    ey[i] = x[i] * std::pow(norm[i], -beta);
  }
  for (int64_t i = 0; i < pixels * C; i++) {
    edx[i] += dy[i] * std::pow(norm[i], -beta);
    neighbours(i, [&](int64_t j) { edx[j] -= 2 * 0.3 * beta * x[j] * ey[i] / norm[i] * dy[i]; });
  }
  mlpconv_response_norm(pixels, C, radius, 1.5f, 0.3f, beta, x.data(), y.data());
  expect_close("response norm", {pixels, C, radius}, y, ey);
  mlpconv_response_norm_grad(pixels, C, radius, 1.5f, 0.3f, beta, x.data(), y.data(), dy.data(), dx.data());
  expect_close("response norm's gradient", {pixels, C, radius}, dx, edx);
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 200;
  if (count > 2) generator.seed(std::atoi(arguments[2]));
  for (int i = 0; i < rounds; i++) {
    mlpconv_set_threads(1 + i % 3);
    check_pooling(), check_sums(), check_top_k(), check_boxes(), check_rows(), check_scans(), check_unary(), check_binary(), check_resize(), check_losses(), check_training();
    check_depthwise(), check_batch_norm(), check_batch_norm_training(), check_images(), check_response_norm();
  }
  std::printf("%s, %d rounds of the other kernels: as expected\n", mlpconv_isa(), rounds);
  mlpconv_set_threads(1);
}
