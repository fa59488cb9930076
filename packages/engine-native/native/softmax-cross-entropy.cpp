// The batch mean of log(sum(exp(z))) - z[label], with the maximum subtracted from z, and its gradient (softmax - one-hot) / batch.
// The caller has checked the labels.
#include <algorithm>
#include <cmath>

#include "kernels.h"

int mlpconv_softmax_cross_entropy(int64_t batch, int64_t classes, const float* logits, const int32_t* labels, float* loss,
                                  float* d_logits) {
  double total = 0;
  for (int64_t row = 0; row < batch; row++) {
    const float* z = logits + row * classes;
    float* gradient = d_logits + row * classes;
    const int32_t label = labels[row];
    const float largest = *std::max_element(z, z + classes);
    double sum = 0;
    for (int64_t i = 0; i < classes; i++) {
      gradient[i] = std::exp(z[i] - largest);
      sum += gradient[i];
    }
    total += std::log(sum) - (z[label] - largest);
    const double share = 1.0 / (sum * static_cast<double>(batch));
    for (int64_t i = 0; i < classes; i++) gradient[i] = static_cast<float>(gradient[i] * share);
    gradient[label] -= 1.0f / static_cast<float>(batch);
  }
  *loss = static_cast<float>(total / static_cast<double>(batch));
  return 0;
}
