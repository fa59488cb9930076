// SoftmaxCrossEntropy: the mean loss of a batch and its gradient in one pass, for callers that use the kernel by name.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { expectShape } from "../geometry.js";
import { kernel } from "../kernel.js";

export const softmaxCrossEntropy = kernel<Record<"logits" | "labels", TensorInfo>, undefined>(
  "SoftmaxCrossEntropy",
  ({ logits, labels }, _, backend) => {
    const [batch, classes] = logits.shape;
    if (logits.shape.length !== 2 || batch === undefined || classes === undefined) {
      throw new Error(`SoftmaxCrossEntropy: expected logits [batch, classes], got [${logits.shape}]`);
    }
    if (classes < 1)
      throw new Error(`SoftmaxCrossEntropy: expected at least one class, got [${logits.shape}]`);
    expectShape("SoftmaxCrossEntropy", "labels", labels.shape, [batch]);
    const [values, targets] = [backend.floats(logits), backend.integers(labels)];
    const wrong = targets.findIndex((label) => label < 0 || label >= classes);
    if (wrong >= 0) {
      throw new RangeError(
        `softmaxCrossEntropy: expected labels from 0 to ${classes - 1}, got ${targets[wrong]} for example ${wrong}; ` +
          "number the classes from 0, or give the model an output for each class",
      );
    }
    const loss = backend.allocate([]);
    const dLogits = backend.allocate(logits.shape);
    backend.library.call(
      "mlpconv_softmax_cross_entropy",
      batch,
      classes,
      values,
      targets,
      backend.floats(loss),
      backend.floats(dLogits),
    );
    return [loss, dLogits];
  },
);
