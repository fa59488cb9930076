// Every kernel but convolutions and matrix products against naive loops, over shapes drawn at random: kernels [rounds] [seed].
// To be linked with kernels built with -fsanitize=address,undefined.
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
  auto y = unwritten(outer * inner), largest = unwritten(outer * inner);
  std::vector<double> expected(y.size()), maximum(y.size(), -INFINITY);
  for (size_t i = 0; i < x.size(); i++) {
    const size_t to = i / inner / reduced * inner + i % inner;
    expected[to] += 0.25 * x[i], maximum[to] = std::max<double>(maximum[to], x[i]);
  }
  mlpconv_sum(outer, reduced, inner, 0.25f, x.data(), y.data());
  mlpconv_max(outer, reduced, inner, x.data(), largest.data());
  expect_close("sum", {outer, reduced, inner}, y, expected);
  expect_close("maximum", {outer, reduced, inner}, largest, maximum);
}

void check_moves() {
  const int batch = between(1, 3), rows = between(1, 70), columns = between(1, 70), run = between(0, 1) ? 1 : between(2, 5);
  const auto x = numbers(int64_t{batch} * rows * columns * run);
  auto y = unwritten(x.size());
  std::vector<double> expected(x.size());
  for (size_t i = 0; i < x.size(); i++) {
    const size_t r = i % run, c = i / run % columns, w = i / run / columns % rows, b = i / run / columns / rows;
    expected[((b * columns + c) * rows + w) * run + r] = x[i];
  }
  mlpconv_transpose(batch, rows, columns, run, x.data(), y.data());
  expect_close("transposition", {batch, rows, columns, run}, y, expected, 0);

  int32_t size[4], x_shape[4], x_begin[4], y_shape[4], y_begin[4];
  for (int i = 0; i < 4; i++) {
    size[i] = between(1, 9);
    x_begin[i] = between(0, 3), y_begin[i] = between(0, 3);
    x_shape[i] = x_begin[i] + size[i] + between(0, 3), y_shape[i] = y_begin[i] + size[i] + between(0, 3);
  }
  const auto length = [](const int32_t* shape) { return int64_t{shape[0]} * shape[1] * shape[2] * shape[3]; };
  const auto from = numbers(length(x_shape));
  auto to = numbers(length(y_shape));
  std::vector<double> moved(to.begin(), to.end());
  for (int a = 0; a < size[0]; a++)
    for (int b = 0; b < size[1]; b++)
      for (int c = 0; c < size[2]; c++)
        for (int d = 0; d < size[3]; d++) {
          const auto at = [&](const int32_t* shape, const int32_t* begin) {
            return (((begin[0] + a) * shape[1] + begin[1] + b) * shape[2] + begin[2] + c) * shape[3] + begin[3] + d;
          };
          moved[at(y_shape, y_begin)] = from[at(x_shape, x_begin)];
        }
  mlpconv_copy_box(size, x_shape, x_begin, y_shape, y_begin, from.data(), to.data());
  expect_close("box", {size[0], size[1], size[2], size[3]}, to, moved, 0);
}

void check_elementwise() {
  const int count = between(1, 5000);
  const auto x = numbers(count);
  auto y = unwritten(count);
  std::vector<double> expected(count);
  const std::function<double(double)> unary[] = {
      [](double v) { return std::max(v, 0.0); }, [](double v) { return 1 / (1 + std::exp(-v)); }, [](double v) { return v > 0 ? 1 : 0.25; },
      [](double v) { return -v; },               [](double v) { return v * v; },                  [](double v) { return std::sqrt(v); },
      [](double v) { return std::exp(v); },      [](double v) { return std::floor(v); },          [](double v) { return std::tanh(v); }};
  for (int op = RELU; op <= TANH; op++) {
    auto from = x;
    if (op == SQRT) for (float& value : from) value = std::abs(value);
    for (int i = 0; i < count; i++) expected[i] = unary[op](from[i]);
    mlpconv_unary(op, count, from.data(), 0.25f, y.data());
    expect_close("unary operation", {op, count}, y, expected);
  }
  mlpconv_fill(count, 3, y.data());
  expect_close("fill", {count}, y, std::vector<double>(count, 3), 0);
  std::vector<int32_t> integers(count);
  for (int32_t& value : integers) value = between(-1000, 1000);
  mlpconv_cast_int32(count, integers.data(), y.data());
  expect_close("cast", {count}, y, {integers.begin(), integers.end()}, 0);

  const std::function<double(double, double)> binary[] = {
      [](double v, double w) { return v + w; },          [](double v, double w) { return v - w; },
      [](double v, double w) { return v * w; },          [](double v, double w) { return v / w; },
      [](double v, double w) { return std::max(v, w); }, [](double v, double w) { return std::min(v, w); },
      [](double v, double w) { return v * w * (1 - w); }};
  const int32_t shape[4] = {between(1, 4), between(1, 4), between(1, 9), between(1, 70)};
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
  int32_t a_strides[4], b_strides[4];
  const auto a = numbers(draw(a_strides));
  auto b = numbers(draw(b_strides));
  for (float& value : b) value += value < 0 ? -0.5f : 0.5f;  // it divides
  for (int op = ADD; op <= SIGMOID_GRAD; op++) {
    const int64_t size = int64_t{shape[0]} * shape[1] * shape[2] * shape[3];
    auto sum = unwritten(size);
    std::vector<double> of(size);
    for (int64_t i = 0; i < size; i++) {
      const int at[4] = {static_cast<int>(i / shape[3] / shape[2] / shape[1]), static_cast<int>(i / shape[3] / shape[2] % shape[1]),
                         static_cast<int>(i / shape[3] % shape[2]), static_cast<int>(i % shape[3])};
      const auto value = [&](const std::vector<float>& values, const int32_t* strides) {
        return values[at[0] * strides[0] + at[1] * strides[1] + at[2] * strides[2] + at[3] * strides[3]];
      };
      of[i] = binary[op](value(a, a_strides), value(b, b_strides));
    }
    mlpconv_binary(op, shape, a_strides, b_strides, a.data(), b.data(), sum.data());
    expect_close("binary operation", {op, shape[0], shape[1], shape[2], shape[3]}, sum, of);
  }
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

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 200;
  if (count > 2) generator.seed(std::atoi(arguments[2]));
  for (int i = 0; i < rounds; i++) {
    mlpconv_set_threads(1 + i % 3);
    check_pooling(), check_sums(), check_moves(), check_elementwise(), check_resize(), check_losses(), check_training();
  }
  std::printf("%s, %d rounds of the other kernels: as expected\n", mlpconv_isa(), rounds);
  mlpconv_set_threads(1);
}
