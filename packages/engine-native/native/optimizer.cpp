// One step of an optimiser in one pass: each weight, gradient and moment is read and written once, in place if the caller allows it.
#include <cmath>

#include "kernels.h"
#include "ranges.h"

// v = momentum * v + g;  w = kept * w - rate * v   (nesterov: g + momentum * v in place of v)
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

// m = beta1 * m + (1 - beta1) * g;  s = beta2 * s + (1 - beta2) * g^2;  w = kept * w - rate * m / (correction * sqrt(s) + epsilon)
int mlpconv_adam(int64_t count, float learning_rate, double beta1, double beta2, float epsilon, float correction, float kept_weight,
                 const float* weight, const float* mean, const float* square, const float* gradient, float* new_weight,
                 float* new_mean, float* new_square) {
  const float keep_mean = float(beta1), add_mean = float(1 - beta1);  // 1 - 0.999f in floats would be 5e-5 off
  const float keep_square = float(beta2), add_square = float(1 - beta2);
  mlpconv::for_ranges(count, 1, [&](int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) {
      const float g = gradient[i];
      const float m = keep_mean * mean[i] + add_mean * g;
      const float s = keep_square * square[i] + add_square * g * g;
      new_mean[i] = m;
      new_square[i] = s;
      new_weight[i] = kept_weight * weight[i] - learning_rate * m / (correction * std::sqrt(s) + epsilon);
    }
  });
  return 0;
}
