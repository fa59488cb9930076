// What batch normalisation with given statistics and with those of the batch share. Values of few channels are repeated to a longer run, so that
// the loops over adjacent values are long for any number of channels.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "channels.h"
#include "ranges.h"

namespace mlpconv {

// Length of the runs: so many values of all channels that they are whole vectors, if that is not too long.
inline int64_t run_of(int64_t channels) {
  int64_t run = channels;
  while ((run < 64 || run % 16 != 0) && run < 2048) run += channels;
  return run % 16 == 0 ? run : channels * ((63 + channels) / channels);
}

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

// A division of the runs into parts that does not depend on the number of threads, so that sums over parts do not either.
inline int64_t parts_of(int64_t count, int64_t runs) {
  return std::clamp<int64_t>(count / GRAIN, 1, std::min<int64_t>(64, std::max<int64_t>(runs, 1)));
}

// y = (x - centre) * factor + shift, for the places of one run. Loops hold a copy: through a reference the addresses would be loaded at each step.
struct Affine {
  const float *centre, *factor, *shift;

  // Computed in the same way wherever a ReLU's mask is taken from it.
  template <int N>
  [[gnu::always_inline]] Floats<N> at(Size i, Floats<N> x) const {
    return (x - load<Floats<N>>(centre + i)) * load<Floats<N>>(factor + i) + load<Floats<N>>(shift + i);
  }
};

struct Normalisation {
  std::vector<float> centre, factor, shift;

  Normalisation(int64_t channels, const float* mean, const float* variance, const float* scale, const float* offset, float epsilon) {
    const int64_t run = run_of(channels);
    centre = repeated(channels, run, [&](int64_t c) { return mean[c]; });
    factor = repeated(channels, run, [&](int64_t c) { return (scale ? scale[c] : 1.0f) / std::sqrt(variance[c] + epsilon); });
    shift = repeated(channels, run, [&](int64_t c) { return offset ? offset[c] : 0.0f; });
  }

  Affine affine() const { return {centre.data(), factor.data(), shift.data()}; }
};

// y = relu(normalised x + add), in one pass; `add` may be NULL.
void normalise(int64_t count, const Normalisation& by, const float* x, const float* add, bool relu, float* y);

// The output up to which a ReLU is off; without a ReLU, NaN: nothing is below or at it.
inline float threshold(bool relu) { return relu ? 0.0f : std::numeric_limits<float>::quiet_NaN(); }

// The value where the output y is not below or at the threshold, so also where it is NaN; otherwise 0.
template <int N>
[[gnu::always_inline]] inline Floats<N> where_above(Floats<N> y, float limit, Floats<N> value) {
  return y <= limit ? Floats<N>{} : value;
}

}  // namespace mlpconv
