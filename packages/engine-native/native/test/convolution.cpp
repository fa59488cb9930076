// Every convolution and matrix product against its definition, over shapes drawn at random: convolution [cases] [seed].
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "reference.h"

namespace {

std::mt19937 random_bits(1);

int draw(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_bits); }

std::vector<float> numbers(int64_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random_bits);
  return values;
}

// Heap blocks without slack, so that the sanitizer sees a read or write past the end; filled with NaN, so that a hole is seen too.
std::vector<float> unwritten(int64_t count) { return std::vector<float>(count, NAN); }

// The numbers are those of ../precision.h.
enum Precision { FULL, MIXED, EMULATED_AVX512, EMULATED_AMX, AVX512, AMX };
constexpr Precision emulation_of(Precision precision) { return precision == AVX512 ? EMULATED_AVX512 : precision == AMX ? EMULATED_AMX : FULL; }
Precision precision = FULL;

// What the kernels multiply in place of these values.
std::vector<float> factors(std::vector<float> values) {
  if (precision != FULL) for (float& value : values) value = to_bfloat16(value);
  return values;
}

int failures = 0;
double largest_error = 0;  // of the kind of case that runs now

void expect(const char* what, const std::string& shape, double error, double limit) {
  largest_error = std::max(largest_error, error);
  if (error <= limit) return;
  failures++;
  std::printf("%s %s: error %.2e, expected at most %.0e\n", what, shape.c_str(), error, limit);
}

std::string text(const ConvShape& s) {
  char line[200];
  std::snprintf(line, sizeof line, "%d x %dx%dx%d -> %dx%dx%d kernel %dx%d stride %dx%d padding %d,%d", s.batch, s.in_height, s.in_width,
                s.in_channels, s.out_height, s.out_width, s.out_channels, s.kernel_height, s.kernel_width, s.stride_height,
                s.stride_width, s.pad_top, s.pad_left);
  return line;
}

void check_convolution(const ConvShape& s, double limit) {
  const auto x = numbers(size_of_x(s)), filter = numbers(size_of_filter(s)), dy = numbers(size_of_y(s)), bias = numbers(s.out_channels);
  const bool relu = draw(0, 1), biased = draw(0, 1), masked = draw(0, 1);
  Doubles y(dy.size()), dx(x.size()), d_filter(filter.size()), d_bias(s.out_channels);
  if (biased) for (size_t i = 0; i < y.size(); i++) y[i] = bias[i % s.out_channels];
  const auto mask = numbers(size_of_y(s));
  const auto x_factors = factors(x), filter_factors = factors(filter), dy_factors = factors(dy);
  for_products(s, [&](int64_t i, int64_t w, int64_t o) {
    y[o] += double{x_factors[i]} * filter_factors[w];
    if (masked && !(mask[o] > 0)) return;
    dx[i] += double{dy_factors[o]} * filter_factors[w];
    d_filter[w] += double{dy_factors[o]} * x_factors[i];
  });
  for (size_t i = 0; i < y.size(); i++) {
    if (relu) y[i] = std::max(y[i], 0.0);
    if (!masked || mask[i] > 0) d_bias[i % s.out_channels] += dy[i];
  }
  auto got_y = unwritten(y.size()), got_dx = unwritten(dx.size()), got_filter = unwritten(filter.size()), got_bias = unwritten(s.out_channels);
  const bool with_bias = draw(0, 3) > 0;
  if (mlpconv_conv_forward(&s, x.data(), filter.data(), biased ? bias.data() : nullptr, relu, got_y.data()) ||
      mlpconv_conv_grad_input(&s, dy.data(), masked ? mask.data() : nullptr, filter.data(), got_dx.data()) ||
      mlpconv_conv_grad_filter(&s, x.data(), dy.data(), masked ? mask.data() : nullptr, got_filter.data(),
                               with_bias ? got_bias.data() : nullptr)) {
    failures++;
    std::printf("%s: %s\n", text(s).c_str(), mlpconv_error());
    return;
  }
  expect("forward", text(s), error(got_y, y), limit);
  expect("input gradient", text(s), error(got_dx, dx), limit);
  expect("filter gradient", text(s), error(got_filter, d_filter), limit);
  if (with_bias) expect("bias gradient", text(s), error(got_bias, d_bias), limit);
  if (emulation_of(precision)) {
    auto y_emulated = unwritten(y.size()), dx_emulated = unwritten(dx.size()), filter_emulated = unwritten(filter.size());
    mlpconv_set_precision(emulation_of(precision));
    mlpconv_conv_forward(&s, x.data(), filter.data(), biased ? bias.data() : nullptr, relu, y_emulated.data());
    mlpconv_conv_grad_input(&s, dy.data(), masked ? mask.data() : nullptr, filter.data(), dx_emulated.data());
    mlpconv_conv_grad_filter(&s, x.data(), dy.data(), masked ? mask.data() : nullptr, filter_emulated.data(), nullptr);
    mlpconv_set_precision(precision);
    const bool same = y_emulated == got_y && dx_emulated == got_dx && filter_emulated == got_filter;
    expect("emulated", text(s), same ? 0 : 1, 0);
  }
  auto again = unwritten(filter.size());
  mlpconv_conv_grad_filter(&s, x.data(), dy.data(), masked ? mask.data() : nullptr, again.data(), nullptr);
  expect("filter gradient, again", text(s), again == got_filter ? 0 : 1, 0);
}

ConvShape draw_shape() {
  const int kernels[] = {1, 1, 2, 3, 3, 4, 5, 5, 7, 11};
  const int kernel_height = kernels[draw(0, 9)], kernel_width = draw(0, 3) ? kernel_height : kernels[draw(0, 9)];
  const int stride_height = draw(0, 2) ? 1 : draw(1, 4), stride_width = draw(0, 3) ? stride_height : draw(1, 4);
  const int pad_top = draw(0, 1) ? draw(0, kernel_height) : 0, pad_left = draw(0, 1) ? draw(0, kernel_width) : 0;
  const int pad_bottom = draw(0, pad_top), pad_right = draw(0, pad_left);
  const int in_height = draw(std::max(1, kernel_height - pad_top - pad_bottom), 17);
  const int in_width = draw(std::max(1, kernel_width - pad_left - pad_right), 19);
  // Few channels have algorithms of their own, which may take several images at a time.
  const int in_channels = draw(1, draw(0, 2) ? 70 : 8), out_channels = draw(1, draw(0, 2) ? 70 : 8), batch = draw(1, draw(0, 3) ? 3 : 30);
  return {batch, in_height, in_width, in_channels, (in_height + pad_top + pad_bottom - kernel_height) / stride_height + 1,
          (in_width + pad_left + pad_right - kernel_width) / stride_width + 1, out_channels, kernel_height, kernel_width, stride_height,
          stride_width, pad_top, pad_left};
}

void check_product() {
  const int m = draw(1, draw(0, 1) ? 600 : 40), n = draw(1, 130), k = draw(1, draw(0, 1) ? 600 : 40);
  const bool ta = draw(0, 1), tb = draw(0, 1), relu = draw(0, 1), biased = draw(0, 1);
  const auto a = numbers(int64_t{m} * k), b = numbers(int64_t{k} * n), bias = numbers(n);
  const auto a_factors = factors(a), b_factors = factors(b);
  Doubles c(int64_t{m} * n);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = biased ? bias[j] : 0;
      for (int l = 0; l < k; l++) sum += double{a_factors[ta ? l * m + i : i * k + l]} * b_factors[tb ? j * k + l : l * n + j];
      c[int64_t{i} * n + j] = relu ? std::max(sum, 0.0) : sum;
    }
  auto got = unwritten(c.size());
  mlpconv_matmul(m, n, k, a.data(), ta, b.data(), tb, biased ? bias.data() : nullptr, relu, got.data());
  expect("matmul", std::to_string(m) + " " + std::to_string(n) + " " + std::to_string(k) + (ta ? " a transposed" : "") + (tb ? " b transposed" : ""),
         error(got, c), 1e-5);
  if (!emulation_of(precision)) return;
  auto emulated = unwritten(c.size());
  mlpconv_set_precision(emulation_of(precision));
  mlpconv_matmul(m, n, k, a.data(), ta, b.data(), tb, biased ? bias.data() : nullptr, relu, emulated.data());
  mlpconv_set_precision(precision);
  expect("emulated matmul", std::to_string(m) + " " + std::to_string(n) + " " + std::to_string(k), emulated == got ? 0 : 1, 0);
}

}  // namespace

int main(int count, char** arguments) {
  const int cases = count > 1 ? std::atoi(arguments[1]) : 100, seed = count > 2 ? std::atoi(arguments[2]) : 1;
  const auto run = [&](const char* what, const auto& check) {
    random_bits.seed(seed);
    largest_error = 0;
    for (int i = 0; i < cases; i++) {
      mlpconv_set_threads(draw(1, 3));
      check();
    }
    std::printf("%s, %d %s: largest error %.1e\n", mlpconv_isa(), cases, what, largest_error);
  };
  run("matrix products", check_product);
  mlpconv_set_exact(1);
  run("exact convolutions", [] { check_convolution(draw_shape(), 1e-5); });
  const std::pair<Precision, std::string> all_mixed[] = {{EMULATED_AVX512, "emulated AVX-512 BF16"}, {AVX512, "AVX-512 BF16"}, {EMULATED_AMX, "emulated AMX"}, {AMX, "AMX"}};
  for (const auto& [mixed, name] : all_mixed) {
    if (mlpconv_set_precision(mixed)) {
      std::printf("%s\n", mlpconv_error());
      continue;
    }
    precision = mixed;
    run(("matrix products by " + name).c_str(), check_product);
    run(("convolutions by " + name).c_str(), [] { check_convolution(draw_shape(), 1e-5); });
  }
  mlpconv_set_precision(precision = FULL);
  mlpconv_set_exact(0);
  // Shapes that Winograd is made for.
  for (const int kernel : {3, 5}) {
    run(kernel == 3 ? "3x3 convolutions" : "5x5 convolutions", [=] {
      const int pad = draw(0, kernel - 1), height = draw(5, 20), width = draw(5, 20);
      check_convolution({draw(1, 3), height, width, draw(16, 70), height + 2 * pad - kernel + 1, width + 2 * pad - kernel + 1, draw(16, 70),
                         kernel, kernel, 1, 1, pad, pad},
                        kernel == 3 ? 3e-5 : 1e-4);
    });
  }
  return failures > 0;
}
