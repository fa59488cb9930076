// Batch normalisation with given statistics, and its gradients.
#include "batch-norm.h"

#include "kernels.h"

namespace mlpconv {
namespace {

// Number of runs that are summed in float32.
constexpr int64_t ROWS = 256;

// Sums over all runs: first[i] of dy, second[i] of dy * (x - mean).
void sum_runs(int64_t begin, int64_t end, int64_t count, int64_t run, const float* x, const float* mean, const float* dy, double* first,
              double* second) {
  std::vector<float> sums(2 * run);
  for (int64_t i = begin; i < end;) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (const int64_t stop = std::min(i + ROWS, end); i < stop; i++) {
      const int64_t size = std::min(run, count - i * run);
      const float *from = x + i * run, *gradient = dy + i * run;
      for_each_channel(size, [&]<int N>(Size j) {
        const auto value = load<Floats<N>>(gradient + j);
        float *a = sums.data() + j, *b = a + run;
        store(a, load<Floats<N>>(a) + value);
        store(b, load<Floats<N>>(b) + value * (load<Floats<N>>(from + j) - load<Floats<N>>(mean + j)));
      });
    }
    MLPCONV_FEW_STEPS
    for (int64_t j = 0; j < run; j++) first[j] += sums[j], second[j] += sums[run + j];
  }
}

}  // namespace

void normalise(int64_t count, const Normalisation& by, const float* x, const float* add, bool relu, float* y) {
  for_runs(count, static_cast<int64_t>(by.centre.size()), [&](int64_t begin, int64_t size) {
    const Affine affine = by.affine();
    const float limit = threshold(relu), *from = x + begin, *added = add ? add + begin : nullptr;
    float* to = y + begin;
    for_channels(size, [&]<int N>(Size i) {
      Floats<N> value = affine.at<N>(i, load<Floats<N>>(from + i));
      if (added) value += load<Floats<N>>(added + i);
      store(to + i, where_above<N>(value, limit, value));
    });
  });
}

}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_batch_norm(int64_t count, int64_t channels, const float* x, const float* mean, const float* variance, const float* scale,
                       const float* offset, float epsilon, const float* add, int relu, float* y) {
  return guarded([&] { normalise(count, Normalisation(channels, mean, variance, scale, offset, epsilon), x, add, relu, y); });
}

int mlpconv_batch_norm_grad(int64_t count, int64_t channels, const float* x, const float* mean, const float* variance, const float* scale,
                            float epsilon, const float* dy, float* dx, float* d_mean, float* d_variance, float* d_scale, float* d_offset) {
  return guarded([&] {
    const int64_t run = run_of(channels), runs = (count + run - 1) / run;
    const auto centre = repeated(channels, run, [&](int64_t c) { return mean[c]; });
    const auto factor = repeated(channels, run, [&](int64_t c) { return (scale ? scale[c] : 1.0f) / std::sqrt(variance[c] + epsilon); });
    const int64_t parts = parts_of(count, runs);
    std::vector<double> sums(parts * 2 * run);
    for_ranges(parts, count / parts, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; part++) {
        double* first = sums.data() + part * 2 * run;
        sum_runs(runs * part / parts, runs * (part + 1) / parts, count, run, x, centre.data(), dy, first, first + run);
      }
    });
    MLPCONV_FEW_STEPS
    for (int64_t c = 0; c < channels; c++) {
      double first = 0, second = 0;
      MLPCONV_FEW_STEPS
      for (int64_t part = 0; part < parts; part++) {
        MLPCONV_FEW_STEPS
        for (int64_t i = c; i < run; i += channels) first += sums[part * 2 * run + i], second += sums[(part * 2 + 1) * run + i];
      }
      const double inverse = 1 / std::sqrt(double(variance[c]) + epsilon), scaled = (scale ? scale[c] : 1.0) * inverse;
      d_mean[c] = static_cast<float>(-scaled * first);
      d_variance[c] = static_cast<float>(-0.5 * scaled * inverse * inverse * second);
      d_scale[c] = static_cast<float>(inverse * second);
      d_offset[c] = static_cast<float>(first);
    }
    for_runs(count, run, [&](int64_t begin, int64_t size) {
      for_channels(size, [&]<int N>(Size i) {
        store(dx + begin + i, load<Floats<N>>(dy + begin + i) * load<Floats<N>>(factor.data() + i));
      });
    });
  });
}
