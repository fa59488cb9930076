// One step of stochastic gradient descent in one pass: each weight, velocity and gradient is read once and written once, where it lies
// if the caller allows. v = momentum * v + g;  w = kept * w - rate * v   (nesterov: g + momentum * v in place of v)
#include "kernels.h"
#include "ranges.h"

int mlpconv_sgd(int64_t count, float learning_rate, float momentum, int nesterov, float kept_weight, const float* weight,
                const float* velocity, const float* gradient, float* new_weight, float* new_velocity) {
  mlpconv::for_ranges(count, 1, [&](int64_t begin, int64_t end) {
    if (!velocity) {
      for (int64_t i = begin; i < end; i++) new_weight[i] = kept_weight * weight[i] - learning_rate * gradient[i];
      return;
    }
    const float ahead = nesterov ? momentum : 0.0f;
    const float now = nesterov ? 0.0f : 1.0f;
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) {
      const float g = gradient[i];
      const float v = momentum * velocity[i] + g;
      new_velocity[i] = v;
      new_weight[i] = kept_weight * weight[i] - learning_rate * (nesterov ? g + ahead * v : now * v);
    }
  });
  return 0;
}
