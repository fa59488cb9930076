// The classification loss, from logits and labels, in one numerically stable operation.
import { runKernel } from "../fallbacks.js";
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/**
 * Mean over the batch of -log(softmax(logits)[label]), as PyTorch's `CrossEntropyLoss`; differentiable with respect to the logits.
 *
 * @param logits [batch, classes]
 * @param labels [batch], int32, each from 0 to classes - 1
 * @throws Error when shapes or types do not fit or the batch is empty; RangeError for a label out of range, with the example's index. If the
 * labels are only on a GPU, they cannot be read in time, and the loss is NaN instead
 */
export const softmaxCrossEntropy = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar => {
  if (logits.rank !== 2)
    throw new Error(`softmaxCrossEntropy: expected logits [batch, classes], got [${logits.shape}]`);
  if (labels.rank !== 1 || labels.shape[0] !== logits.shape[0]) {
    throw new Error(`softmaxCrossEntropy: expected labels [${logits.shape[0]}], got [${labels.shape}]`);
  }
  if (labels.dtype !== "int32") {
    throw new Error(
      `softmaxCrossEntropy: expected int32 labels, got ${labels.dtype}; for one-hot rows take argMax(1) first`,
    );
  }
  expectFloats("softmaxCrossEntropy", { logits });
  if (logits.size === 0) {
    throw new Error(
      `softmaxCrossEntropy: expected at least one example and one class, got [${logits.shape}]`,
    );
  }
  return runKernel("SoftmaxCrossEntropy", { logits, labels }, {})[0];
};

tf.registerGradient({
  kernelName: "SoftmaxCrossEntropy",
  outputsToSave: [false, true],
  gradFunc: (dy, [dLogits]) => ({ logits: () => tf.mul(dLogits!, (dy as tf.Tensor[])[0]!) }),
});
