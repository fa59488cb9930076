// Every kernel that addresses memory by shape, against naive loops, over random shapes: to be built with -fsanitize=address,undefined.
// Arguments: number of rounds (default 200). Exits with 1 at the first difference.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "../kernels.h"

namespace {

std::mt19937 generator(1);
int between(int low, int high) { return std::uniform_int_distribution(low, high)(generator); }

// Exactly as long as it must be, so that a read past its end is found.
std::vector<float> numbers(int64_t count) {
  std::vector<float> values(count);
  for (auto& value : values) value = static_cast<float>(between(-64, 63)) / 64.0f;
  return values;
}

void expect_close(const char* what, const ConvShape& s, const std::vector<float>& got, const std::vector<double>& expected) {
  double scale = 1, worst = 0;
  for (size_t i = 0; i < got.size(); i++) {
    scale = std::max(scale, std::abs(expected[i]));
    const double difference = std::abs(got[i] - expected[i]);
    worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
  }
  if (worst <= 1e-3 * scale) return;
  std::printf("%s: off by %g of %g for %dx%dx%dx%d to %dx%dx%d, window %dx%d, stride %d,%d, padding %d,%d\n", what, worst, scale, s.batch,
              s.in_height, s.in_width, s.in_channels, s.out_height, s.out_width, s.out_channels, s.kernel_height, s.kernel_width,
              s.stride_height, s.stride_width, s.pad_top, s.pad_left);
  std::exit(1);
}

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

ConvShape random_shape(bool pool) {
  ConvShape s{};
  s.batch = between(1, 4);
  s.kernel_height = between(1, 5), s.kernel_width = between(1, 5);
  s.stride_height = between(1, 3), s.stride_width = between(1, 3);
  s.pad_top = between(0, s.kernel_height - 1), s.pad_left = between(0, s.kernel_width - 1);
  const int bottom = between(0, s.kernel_height - 1), right = between(0, s.kernel_width - 1);
  s.in_height = between(s.kernel_height, 14), s.in_width = between(s.kernel_width, 14);
  s.out_height = (s.in_height + s.pad_top + bottom - s.kernel_height) / s.stride_height + 1;
  s.out_width = (s.in_width + s.pad_left + right - s.kernel_width) / s.stride_width + 1;
  s.in_channels = between(1, 40);
  s.out_channels = pool ? s.in_channels : between(1, 70);
  return s;
}

void check_convolution() {
  const ConvShape s = random_shape(false);
  const int64_t in = int64_t{s.batch} * s.in_height * s.in_width, out = int64_t{s.batch} * s.out_height * s.out_width;
  const int I = s.in_channels, O = s.out_channels, taps = s.kernel_height * s.kernel_width;
  const auto x = numbers(in * I), filter = numbers(int64_t{taps} * I * O), bias = numbers(O), dy = numbers(out * O);
  const bool relu = between(0, 1), exact = between(0, 1);
  mlpconv_set_exact(exact);
  std::vector<float> y(out * O), dx(in * I), d_filter(filter.size()), d_bias(O);
  std::vector<double> ey(out * O), edx(in * I), ed_filter(filter.size()), ed_bias(O);
  for (size_t i = 0; i < ey.size(); i++) ey[i] = bias[i % O];
  for_pairs(s, [&](int64_t to, int64_t from, int tap) {
    for (int i = 0; i < I; i++)
      for (int o = 0; o < O; o++) ey[to * O + o] += double{x[from * I + i]} * filter[(int64_t{tap} * I + i) * O + o];
  });
  if (relu) for (auto& value : ey) value = std::max(value, 0.0);
  mlpconv_conv_forward(&s, x.data(), filter.data(), bias.data(), relu, y.data());
  expect_close("forward", s, y, ey);
  const float* mask = relu ? y.data() : nullptr;
  const auto gradient = [&](int64_t i) { return mask && !(mask[i] > 0) ? 0.0 : double{dy[i]}; };
  for_pairs(s, [&](int64_t to, int64_t from, int tap) {
    for (int i = 0; i < I; i++)
      for (int o = 0; o < O; o++) {
        const int64_t weight = (int64_t{tap} * I + i) * O + o;
        edx[from * I + i] += gradient(to * O + o) * filter[weight];
        ed_filter[weight] += gradient(to * O + o) * x[from * I + i];
      }
  });
  for (int64_t i = 0; i < out * O; i++) ed_bias[i % O] += gradient(i);
  mlpconv_conv_grad_input(&s, dy.data(), mask, filter.data(), dx.data());
  expect_close("input gradient", s, dx, edx);
  mlpconv_conv_grad_filter(&s, x.data(), dy.data(), mask, d_filter.data(), d_bias.data());
  expect_close("filter gradient", s, d_filter, ed_filter);
  expect_close("bias gradient", s, d_bias, ed_bias);
}

void check_pooling() {
  const ConvShape s = random_shape(true);
  const int64_t in = int64_t{s.batch} * s.in_height * s.in_width, out = int64_t{s.batch} * s.out_height * s.out_width;
  const int C = s.in_channels;
  const auto x = numbers(in * C), dy = numbers(out * C);
  std::vector<float> y(out * C), mean(out * C), dx(in * C), spread(in * C);
  std::vector<double> best(out * C, -INFINITY), sum(out * C), count(out * C), edx(in * C), espread(in * C);
  std::vector<int64_t> at(out * C, -1);
  for_pairs(s, [&](int64_t to, int64_t from, int) {
    for (int c = 0; c < C; c++) {
      const int64_t i = to * C + c, j = from * C + c;
      if (x[j] > best[i]) best[i] = x[j], at[i] = j;
      sum[i] += x[j], count[i]++;
      espread[j] += dy[i] / static_cast<double>(s.kernel_height * s.kernel_width);
    }
  });
  for (int64_t i = 0; i < out * C; i++) {
    sum[i] /= count[i];
    if (at[i] >= 0) edx[at[i]] += dy[i];
  }
  mlpconv_max_pool(&s, x.data(), y.data());
  expect_close("max pool", s, y, best);
  mlpconv_max_pool_grad(&s, x.data(), dy.data(), dx.data());
  expect_close("max pool gradient", s, dx, edx);
  mlpconv_avg_pool(&s, x.data(), mean.data());
  expect_close("mean pool", s, mean, sum);
  mlpconv_avg_pool_grad(&s, dy.data(), spread.data());
  expect_close("mean pool gradient", s, spread, espread);
}

void check_product() {
  const int m = between(1, 60), n = between(1, 80), k = between(1, 90);
  const bool left = between(0, 1), right = between(0, 1);
  const auto a = numbers(int64_t{m} * k), b = numbers(int64_t{k} * n), bias = numbers(n);
  std::vector<float> c(int64_t{m} * n);
  std::vector<double> expected(c.size());
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = bias[j];
      for (int p = 0; p < k; p++) sum += double{a[left ? p * m + i : i * k + p]} * b[right ? j * k + p : p * n + j];
      expected[i * n + j] = sum;
    }
  mlpconv_matmul(m, n, k, a.data(), left, b.data(), right, bias.data(), 0, c.data());
  expect_close("matrix product", ConvShape{m, n, k, left, right, 0, 0, 0, 0, 0, 0, 0, 0}, c, expected);
}

void check_sums() {
  const int outer = between(1, 20), reduced = between(1, 600), inner = between(0, 1) ? 1 : between(2, 90);
  const auto x = numbers(int64_t{outer} * reduced * inner);
  std::vector<float> y(outer * inner), largest(outer * inner);
  std::vector<double> expected(y.size()), maximum(y.size(), -INFINITY);
  for (size_t i = 0; i < x.size(); i++) {
    const size_t to = i / inner / reduced * inner + i % inner;
    expected[to] += x[i], maximum[to] = std::max<double>(maximum[to], x[i]);
  }
  mlpconv_sum(outer, reduced, inner, 1, x.data(), y.data());
  mlpconv_max(outer, reduced, inner, x.data(), largest.data());
  const ConvShape s{outer, reduced, inner, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  expect_close("sum", s, y, expected);
  expect_close("maximum", s, largest, maximum);
}

void check_moves() {
  const int batch = between(1, 3), rows = between(1, 70), columns = between(1, 70), run = between(0, 1) ? 1 : between(2, 5);
  const auto x = numbers(int64_t{batch} * rows * columns * run);
  std::vector<float> y(x.size());
  std::vector<double> expected(x.size());
  for (size_t i = 0; i < x.size(); i++) {
    const size_t r = i % run, c = i / run % columns, w = i / run / columns % rows, b = i / run / columns / rows;
    expected[((b * columns + c) * rows + w) * run + r] = x[i];
  }
  mlpconv_transpose(batch, rows, columns, run, x.data(), y.data());
  expect_close("transposition", ConvShape{batch, rows, columns, run, 0, 0, 0, 0, 0, 0, 0, 0, 0}, y, expected);
  const int64_t count = between(1, 5000);
  const auto values = numbers(count);
  std::vector<float> dropped(count), weights = numbers(count), velocity = numbers(count);
  mlpconv_dropout(count, 1, 2, 3, 0.5 * 4294967296.0, 2, values.data(), dropped.data());
  for (int64_t i = 0; i < count; i++) {
    if (dropped[i] != 0 && dropped[i] != 2 * values[i]) std::printf("dropout: expected 0 or twice the value\n"), std::exit(1);
  }
  mlpconv_sgd(count, 0.1f, 0.9f, between(0, 1), 1, weights.data(), velocity.data(), values.data(), weights.data(), velocity.data());
  for (int op = RELU; op <= TANH; op++) mlpconv_unary(op, count, values.data(), 0, dropped.data());
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 200;
  for (int i = 0; i < rounds; i++) {
    mlpconv_set_threads(1 + i % 3);
    check_convolution(), check_pooling(), check_product(), check_sums(), check_moves();
  }
  std::printf("%d rounds on %s: as expected\n", rounds, mlpconv_isa());
  mlpconv_set_threads(1);
}
