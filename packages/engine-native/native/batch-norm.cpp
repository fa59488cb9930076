// Batch normalisation with given statistics, and its gradients. Statistics of few channels are repeated to a longer run, so that the loops over
// adjacent values are long for any number of channels.
#include <cmath>
#include <vector>

#include "channels.h"
#include "kernels.h"
#include "ranges.h"

namespace mlpconv {
namespace {

// Least length of a run of values, and the number of runs that are summed in float32.
constexpr int64_t RUN = 256, ROWS = 256;

int64_t run_of(int64_t channels) { return channels < RUN ? (RUN + channels - 1) / channels * channels : channels; }

// values(c) of each channel, for one run.
template <class Values>
std::vector<float> repeated(int64_t channels, int64_t run, const Values& values) {
  std::vector<float> result(run);
  MLPCONV_FEW_STEPS
  for (int64_t i = 0; i < run; i++) result[i] = i < channels ? values(i) : result[i - channels];
  return result;
}

// Calls body(begin, size) for the runs in all values; the last may be shorter.
template <class Body>
void for_runs(int64_t count, int64_t run, const Body& body) {
  for_ranges((count + run - 1) / run, run, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i * run, std::min(run, count - i * run));
  });
}

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
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_batch_norm(int64_t count, int64_t channels, const float* x, const float* mean, const float* variance, const float* scale,
                       const float* offset, float epsilon, float* y) {
  return guarded([&] {
    const int64_t run = run_of(channels);
    const auto centre = repeated(channels, run, [&](int64_t c) { return mean[c]; });
    const auto factor = repeated(channels, run, [&](int64_t c) { return (scale ? scale[c] : 1.0f) / std::sqrt(variance[c] + epsilon); });
    const auto shift = repeated(channels, run, [&](int64_t c) { return offset ? offset[c] : 0.0f; });
    for_runs(count, run, [&](int64_t begin, int64_t size) {
      for_channels(size, [&]<int N>(Size i) {
        const auto at = [&](const auto& values) { return load<Floats<N>>(values.data() + i); };
        store(y + begin + i, (load<Floats<N>>(x + begin + i) - at(centre)) * at(factor) + at(shift));
      });
    });
  });
}

int mlpconv_batch_norm_grad(int64_t count, int64_t channels, const float* x, const float* mean, const float* variance, const float* scale,
                            float epsilon, const float* dy, float* dx, float* d_mean, float* d_variance, float* d_scale, float* d_offset) {
  return guarded([&] {
    const int64_t run = run_of(channels), runs = (count + run - 1) / run;
    const auto centre = repeated(channels, run, [&](int64_t c) { return mean[c]; });
    const auto factor = repeated(channels, run, [&](int64_t c) { return (scale ? scale[c] : 1.0f) / std::sqrt(variance[c] + epsilon); });
    // A division into parts that does not depend on the number of threads, so that the sums do not either.
    const int64_t parts = std::clamp<int64_t>(count / GRAIN, 1, std::min<int64_t>(64, std::max<int64_t>(runs, 1)));
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
