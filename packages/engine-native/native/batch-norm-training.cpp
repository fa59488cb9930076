// Batch normalisation with the statistics of the batch, and its gradients: two passes over memory each. The first sums over a channel; the second
// computes the values that depend on these sums.
//
// The statistics are Welford's by blocks: within a block of runs, sums of differences from the mean so far and of their squares in float32; then
// the block joins the mean and the squares so far in float64. What the block's rounding loses is a share of its own part of the variance, however far
// the mean is from 0.
#include "batch-norm.h"
#include "kernels.h"

namespace mlpconv {
namespace {

// Runs whose sums are taken in float32, and values that are read before the sums of the next places of a run: they stay in the L1 cache.
// Fewer where a pass also writes, which is fastest in the order of memory.
constexpr int64_t BLOCK = 256, NEAR = 4096, NEAR_WRITTEN = 256;

// The runs of one part, a block after the other: step(first, rows, size) for some runs at a time, then block(rows, size). The values after the last
// whole run are a block of their own.
template <class Step, class Block>
[[gnu::always_inline]] inline void for_blocks(int64_t begin, int64_t end, int64_t count, int64_t run, int64_t near, const Step& step,
                                              const Block& block) {
  const int64_t together = std::max<int64_t>(near / run, 1);
  for (int64_t i = begin; i < end;) {
    const int64_t first = i, size = std::min(run, count - i * run);
    const int64_t stop = size < run ? end : std::min({i + BLOCK, end, count / run});
    for (; i < stop; i = std::min(i + together, stop)) step(i * run, std::min(together, stop - i), size);
    block(stop - first, size);
  }
}

// Adds to two sums for each place of a run: add.template operator()<N>(i, at, first, second) for the values at `at`, whose place is i. The sums of
// a few vectors are in registers while the rows go by.
template <class Add>
[[gnu::always_inline]] inline void add_rows(Size rows, Size size, float* firsts, float* seconds, const Add& add) {
  const auto columns = [&]<int N, int K>(Size i) {
    Floats<N> first[K], second[K];
    for (int k = 0; k < K; k++) first[k] = load<Floats<N>>(firsts + i + k * N), second[k] = load<Floats<N>>(seconds + i + k * N);
    MLPCONV_FEW_STEPS
    for (Size row = 0, at = i; row < rows; row++, at += size) {
      for (int k = 0; k < K; k++) add.template operator()<N>(i + k * N, at + k * N, first[k], second[k]);
    }
    for (int k = 0; k < K; k++) store(firsts + i + k * N, first[k]), store(seconds + i + k * N, second[k]);
  };
  constexpr int TOGETHER = 4;
  Size i = 0;
  for (; i + TOGETHER * WIDTH <= size; i += TOGETHER * WIDTH) columns.template operator()<WIDTH, TOGETHER>(i);
  for (; i + WIDTH <= size; i += WIDTH) columns.template operator()<WIDTH, 1>(i);
  MLPCONV_FEW_STEPS
  for (; i < size; i++) columns.template operator()<1, 1>(i);
}

// The mean at each place of a run and the sum of squared differences from it, over the values of some runs there.
struct Moments {
  double *mean, *squares;
  int64_t runs = 0;

  // Joins a block's sums of differences from `about` and of their squares; sets the sums to 0 and `about` to the new mean.
  void join(int64_t rows, int64_t size, float* about, float* sums, float* sums_of_squares) {
    const double share = 1.0 / rows, weight = double(rows) / double(runs + rows), between = weight * double(runs);
    MLPCONV_FEW_STEPS
    for (int64_t i = 0; i < size; i++) {
      const double sum = sums[i], block = about[i] + sum * share, apart = block - mean[i];
      squares[i] += sums_of_squares[i] - sum * sum * share;
      if (runs) squares[i] += apart * apart * between;
      // Not mean + apart * weight: an infinite mean stays so.
      mean[i] = runs ? mean[i] * (1 - weight) + block * weight : block;
      about[i] = std::isfinite(mean[i]) ? static_cast<float>(mean[i]) : 0.0f;
      sums[i] = sums_of_squares[i] = 0;
    }
    runs += rows;
  }

  // `scratch` holds three runs.
  void add(int64_t begin, int64_t end, int64_t count, int64_t run, const float* x, float* scratch) {
    float *about = scratch, *sums = about + run, *sums_of_squares = sums + run;
    std::fill(scratch, scratch + 3 * run, 0.0f);
    MLPCONV_FEW_STEPS
    for (int64_t i = 0; i < std::min(run, count - begin * run); i++) {
      const float value = x[begin * run + i];
      if (std::isfinite(value)) about[i] = value;
    }
    for_blocks(
        begin, end, count, run, NEAR,
        [&](int64_t from, int64_t rows, int64_t size) {
          const float* images = x + from;
          add_rows(rows, size, sums, sums_of_squares, [=]<int N>(Size i, Size at, Floats<N>& sum, Floats<N>& sum_of_squares) {
            const auto apart = load<Floats<N>>(images + at) - load<Floats<N>>(about + i);
            sum += apart;
            sum_of_squares += apart * apart;
          });
        },
        [&](int64_t rows, int64_t size) { join(rows, size, about, sums, sums_of_squares); });
  }
};

// Calls body(part, i, c) for each part, each place i of a run and its channel c, in the order of memory.
template <class Body>
[[gnu::always_inline]] inline void for_places(int64_t parts, int64_t run, int64_t channels, const Body& body) {
  for (int64_t part = 0; part < parts; part++) {
    for (int64_t first = 0; first < run; first += channels) {
      MLPCONV_FEW_STEPS
      for (int64_t c = 0; c < channels; c++) body(part, first + c, c);
    }
  }
}

void statistics(int64_t count, int64_t channels, const float* x, float* mean, float* variance) {
  const int64_t run = run_of(channels), runs = (count + run - 1) / run, parts = parts_of(count, runs), rest = count % run;
  std::vector<double> moments(parts * 2 * run);
  for_ranges(parts, count / parts, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(3 * run);
    for (int64_t part = begin; part < end; part++) {
      double* means = moments.data() + part * 2 * run;
      Moments{means, means + run}.add(runs * part / parts, runs * (part + 1) / parts, count, run, x, scratch.data());
    }
  });
  const double rows = double(count / channels);
  // The number of values at a place of a part; the last run may be shorter.
  const auto values = [&](int64_t part, int64_t i) {
    return double(runs * (part + 1) / parts - runs * part / parts - (part + 1 == parts && rest && i >= rest));
  };
  std::vector<double> centres(channels), squares(channels);
  for_places(parts, run, channels, [&](int64_t part, int64_t i, int64_t c) { centres[c] += moments[part * 2 * run + i] * values(part, i); });
  for (double& centre : centres) centre /= rows;
  for_places(parts, run, channels, [&](int64_t part, int64_t i, int64_t c) {
    const double apart = moments[part * 2 * run + i] - centres[c], between = apart * apart * values(part, i);
    squares[c] += moments[(part * 2 + 1) * run + i] + between;
  });
  MLPCONV_FEW_STEPS
  for (int64_t c = 0; c < channels; c++) mean[c] = static_cast<float>(centres[c]), variance[c] = static_cast<float>(squares[c] / rows);
}

// Sums of dz and of dz * (x - mean) over each channel. With `dz`, the mask comes from y, and dz is written there.
template <bool KEPT>
void sum_gradients(int64_t count, int64_t channels, const Affine& by, float limit, const float* x, const float* dy, const float* y, float* dz,
                   double* sums, double* products) {
  const int64_t run = run_of(channels), runs = (count + run - 1) / run, parts = parts_of(count, runs);
  std::vector<double> totals(parts * 2 * run);
  for_ranges(parts, count / parts, [&](int64_t begin, int64_t end) {
    const Affine affine = by;
    std::vector<float> scratch(2 * run);
    float *first = scratch.data(), *second = first + run;
    for (int64_t part = begin; part < end; part++) {
      double* total = totals.data() + part * 2 * run;
      for_blocks(
          runs * part / parts, runs * (part + 1) / parts, count, run, KEPT ? NEAR_WRITTEN : NEAR,
          [&](int64_t from, int64_t rows, int64_t size) {
            const float *images = x + from, *gradients = dy + from, *outputs = KEPT ? y + from : nullptr;
            float* kept = KEPT ? dz + from : nullptr;
            add_rows(rows, size, first, second, [=]<int N>(Size i, Size at, Floats<N>& sum, Floats<N>& product) {
              const auto value = load<Floats<N>>(images + at);
              auto gradient = load<Floats<N>>(gradients + at);
              if constexpr (KEPT) store(kept + at, gradient = where_above<N>(load<Floats<N>>(outputs + at), limit, gradient));
              else gradient = where_above<N>(affine.at<N>(i, value), limit, gradient);
              sum += gradient;
              product += gradient * (value - load<Floats<N>>(affine.centre + i));
            });
          },
          [&](int64_t, int64_t size) {
            MLPCONV_FEW_STEPS
            for (int64_t i = 0; i < size; i++) total[i] += first[i], total[run + i] += second[i], first[i] = second[i] = 0;
          });
    }
  });
  for_places(parts, run, channels, [&](int64_t part, int64_t i, int64_t c) {
    sums[c] += totals[part * 2 * run + i], products[c] += totals[(part * 2 + 1) * run + i];
  });
}

}  // namespace
}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_batch_norm_train(int64_t count, int64_t channels, const float* x, const float* scale, const float* offset, float epsilon,
                             const float* add, int relu, float* y, float* mean, float* variance) {
  return guarded([&] {
    statistics(count, channels, x, mean, variance);
    normalise(count, Normalisation(channels, mean, variance, scale, offset, epsilon), x, add, relu, y);
  });
}

int mlpconv_batch_norm_train_grad(int64_t count, int64_t channels, const float* x, const float* dy, const float* y, const float* scale,
                                  const float* offset, const float* mean, const float* variance, float epsilon, int relu, float* dx,
                                  float* d_scale, float* d_offset, float* d_add) {
  return guarded([&] {
    const Normalisation by(channels, mean, variance, scale, offset, epsilon);
    std::vector<double> sums(2 * channels);
    double* products = sums.data() + channels;
    const auto sum = d_add ? sum_gradients<true> : sum_gradients<false>;
    sum(count, channels, by.affine(), threshold(relu), x, dy, y, d_add, sums.data(), products);
    const double rows = double(count / channels);
    const int64_t run = run_of(channels);
    const auto constant = repeated(channels, run, [&](int64_t c) { return static_cast<float>(sums[c] / rows); });
    const auto slope = repeated(channels, run, [&](int64_t c) { return static_cast<float>(products[c] / rows / (double(variance[c]) + epsilon)); });
    MLPCONV_FEW_STEPS
    for (int64_t c = 0; c < channels; c++) {
      d_scale[c] = static_cast<float>(products[c] / std::sqrt(double(variance[c]) + epsilon));
      d_offset[c] = static_cast<float>(sums[c]);
    }
    const float limit = threshold(relu && !d_add);
    const float* gradient = d_add ? d_add : dy;
    for_runs(count, run, [&](int64_t begin, int64_t size) {
      const Affine affine = by.affine();
      const float *images = x + begin, *gradients = gradient + begin, *constants = constant.data(), *slopes = slope.data(), bound = limit;
      float* to = dx + begin;
      for_channels(size, [&]<int N>(Size i) {
        const auto at = [&](const float* values) { return load<Floats<N>>(values + i); };
        const auto value = at(images), dz = where_above<N>(affine.at<N>(i, value), bound, at(gradients));
        store(to + i, (dz - at(constants) - at(slopes) * (value - at(affine.centre))) * at(affine.factor));
      });
    });
  });
}
