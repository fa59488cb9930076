// GFLOP/s of each convolution of NiN (224 pixels) in each direction and of AlexNet's dense layers, beside the FMA peak of the machine, in
// float32 and, where the CPU has it, with bfloat16 products in turn:
// bench [batch] [threads] [layer]
#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "../kernels.h"
#include "../tiles.h"

using namespace mlpconv;
namespace {

// CPU time of the thread when there is one: other programs on the machine disturb it less.
clockid_t clock_kind = CLOCK_MONOTONIC;

double now() {
  timespec time;
  clock_gettime(clock_kind, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

double peak(int threads) {
  const auto work = [] {
    Vector sum[12], a = Vector{} + 0.999f, b = Vector{} + 1e-6f;
    for (auto& s : sum) s = Vector{} + 1.0f;
    for (int i = 0; i < 20'000'000; i++) {
#pragma GCC unroll 12
      for (int j = 0; j < 12; j++) sum[j] = sum[j] * a + b;
    }
    Vector all = sum[0];
    for (auto& s : sum) all += s;
    volatile float keep = all[0];
    (void)keep;
  };
  const double start = now();
  std::thread other;
  if (threads > 1) other = std::thread(work);
  work();
  if (threads > 1) other.join();
  return std::min(threads, 2) * 20e6 * 12 * 2 * WIDTH / (now() - start) / 1e9;
}

template <class Body>
double best_of(const Body& body) {
  double best = 1e9;
  body();
  const double begin = now();
  for (int i = 0; i < 20 && (i < 3 || now() - begin < 0.7); i++) {
    const double start = now();
    if (body()) std::printf("%s\n", mlpconv_error());
    best = std::min(best, now() - start);
  }
  return best;
}

struct Buffer {
  explicit Buffer(int64_t count) : values(static_cast<float*>(std::aligned_alloc(64, (count * 4 + 127) / 64 * 64))) {
    mlpconv_prepare_buffer(values, count * 4);
    for (int64_t i = 0; i < count; i++) values[i] = (i * 2654435761u >> 8 & 0xffff) / 65536.0f - 0.5f;
  }
  ~Buffer() { std::free(values); }
  operator float*() const { return values; }
  float* values;
};

}  // namespace

int main(int count, char** arguments) {
  const int batch = count > 1 ? std::atoi(arguments[1]) : 16, threads = count > 2 ? std::atoi(arguments[2]) : 2;
  const char* only = count > 3 ? arguments[3] : "";
  mlpconv_set_threads(threads);
  if (threads == 1) clock_kind = CLOCK_THREAD_CPUTIME_ID;
  std::printf("%s, %d threads, batch %d, peak %.0f GFLOP/s\n", mlpconv_isa(), threads, batch, peak(threads));
  struct Layer { const char* name; int kernel, stride, pad, in, out, size, times; };
  const Layer layers[] = {{"11x11/4 1->96 @224", 11, 4, 0, 1, 96, 224, 1}, {"1x1 96->96 @54", 1, 1, 0, 96, 96, 54, 2},
                          {"5x5 96->256 @26", 5, 1, 2, 96, 256, 26, 1},   {"1x1 256->256 @26", 1, 1, 0, 256, 256, 26, 2},
                          {"3x3 256->384 @12", 3, 1, 1, 256, 384, 12, 1}, {"1x1 384->384 @12", 1, 1, 0, 384, 384, 12, 2},
                          {"3x3 384->10 @5", 3, 1, 1, 384, 10, 5, 1},     {"1x1 10->10 @5", 1, 1, 0, 10, 10, 5, 2},
                          {"LeNet 5x5 1->6 @28", 5, 1, 2, 1, 6, 28, 0},   {"LeNet 5x5 6->16 @14", 5, 1, 0, 6, 16, 14, 0},
                          {"VGG 3x3 1->16 @224", 3, 1, 1, 1, 16, 224, 0}};
  const bool has_mixed = mlpconv_set_precision(1) == 0;
  const char* names[] = {"float32 ", "bfloat16"};
  for (int exact = 1; exact >= 0; exact--) {
    mlpconv_set_exact(exact);
    double total[2] = {};
    for (const Layer& l : layers) {
      if (!std::strstr(l.name, only)) continue;
      const int out = (l.size + 2 * l.pad - l.kernel) / l.stride + 1;
      const ConvShape s{batch, l.size, l.size, l.in, out, out, l.out, l.kernel, l.kernel, l.stride, l.stride, l.pad, l.pad};
      const Buffer x(int64_t{batch} * l.size * l.size * l.in), w(int64_t{l.kernel} * l.kernel * l.in * l.out), bias(l.out);
      const Buffer y(int64_t{batch} * out * out * l.out), dy(int64_t{batch} * out * out * l.out), dx(int64_t{batch} * l.size * l.size * l.in), dw(int64_t{l.kernel} * l.kernel * l.in * l.out);
      const double flop = 2.0 * batch * out * out * l.kernel * l.kernel * l.in * l.out;
      for (int mixed = 0; mixed <= has_mixed; mixed++) {
        mlpconv_set_precision(mixed);
        const double forward = best_of([&] { return mlpconv_conv_forward(&s, x, w, bias, 1, y); });
        const double input = l.in == 1 ? 0 : best_of([&] { return mlpconv_conv_grad_input(&s, dy, y, w, dx); });
        const double filter = best_of([&] { return mlpconv_conv_grad_filter(&s, x, dy, y, dw, bias); });
        std::printf("%s %s %-20s forward %6.0f (%6.2f ms)  input %6.0f (%6.2f ms)  filter %6.0f (%6.2f ms)\n", exact ? "exact" : "fast ", names[mixed], l.name,
                    flop / forward / 1e9, forward * 1e3, input ? flop / input / 1e9 : 0, input * 1e3, flop / filter / 1e9, filter * 1e3);
        std::fflush(stdout);
        total[mixed] += l.times * (forward + input + filter);
      }
    }
    for (int mixed = 0; mixed <= has_mixed; mixed++) {
      std::printf("%s %s all convolutions of a step: %.1f ms, %.1f images/s\n", exact ? "exact" : "fast ", names[mixed], total[mixed] * 1e3,
                  batch / total[mixed]);
    }
  }
  if (only[0] && !std::strstr("dense", only)) return 0;
  const int dense[][3] = {{128, 4096, 6400}, {128, 4096, 4096}, {128, 10, 4096}};
  for (const auto& [m, n, k] : dense) {
    const Buffer x(int64_t{m} * k), w(int64_t{k} * n), y(int64_t{m} * n), dw(int64_t{k} * n), dx(int64_t{m} * k);
    const double flop = 2.0 * m * n * k;
    for (int mixed = 0; mixed <= has_mixed; mixed++) {
      mlpconv_set_precision(mixed);
      const double forward = best_of([&] { return mlpconv_matmul(m, n, k, x, 0, w, 0, nullptr, 1, y); });
      const double input = best_of([&] { return mlpconv_matmul(m, k, n, y, 0, w, 1, nullptr, 0, dx); });
      const double filter = best_of([&] { return mlpconv_matmul(k, n, m, x, 1, y, 0, nullptr, 0, dw); });
      std::printf("%s dense %d x %d -> %d: forward %.0f, input %.0f, filter %.0f\n", names[mixed], m, k, n, flop / forward / 1e9, flop / input / 1e9, flop / filter / 1e9);
    }
  }
}
