// Activations, dropout and the loss.
import { dropout, softmaxCrossEntropy, stream, tf } from "@mlpconv/tensor";
import { labels, normal, type Row, rows, ties } from "../case.js";

/** Dropout by the stream's bits on the host: kept where they are not below the rate. */
const hostDropout = (x: tf.Tensor, offset: number): tf.Tensor => {
  const bits = stream(7, "mask")
    .bits(offset + x.size, { block: 5 })
    .subarray(offset);
  const mask = Float32Array.from(bits, (word) => (word < 0.3 * 2 ** 32 ? 0 : 1 / 0.7));
  return tf.mul(x, tf.tensor(mask, x.shape));
};

export const activations = rows([
  ["relu", "exact", [normal(3, 5, 7, 2)], (x) => tf.relu(x)],
  ["relu of zeros", "exact", [ties(4, 5)], (x) => tf.relu(tf.sub(x, 1))],
  ["sigmoid", "function", [normal(3, 5, 7, 2)], (x) => tf.sigmoid(x)],
  ["sigmoid of large numbers", "function", [normal(4, 5)], (x) => tf.sigmoid(tf.mul(x, 100))],
  [
    "dropout's mask",
    "elementwise",
    [normal(4, 9), labels(3, 4, 9)],
    (x, bits) => tf.mul(x, tf.mul(tf.cast(tf.greater(bits, 0), "float32"), 1.5)),
  ],
  [
    "dropout of an odd number of values",
    "exact",
    [normal(3, 7, 11, 5)],
    (x: tf.Tensor) => dropout(x, 0.3, stream(7, "mask"), { block: 5 }),
    { reference: (x: tf.Tensor) => hostDropout(x, 0) },
  ],
  ...[1, 31, 32, 1000].map(
    (offset): Row => [
      `dropout from word ${offset} of the stream on`,
      "exact",
      [normal(3, 7, 11, 5)],
      (x: tf.Tensor) => dropout(x, 0.3, stream(7, "mask"), { block: 5, offset }),
      { reference: (x: tf.Tensor) => hostDropout(x, offset) },
    ],
  ),
  ["softmax", "function", [normal(4, 10)], (x) => tf.softmax(x)],
  ["logSoftmax", "function", [normal(4, 10)], (x) => tf.logSoftmax(x)],
]);

/** Cross-entropy by stock ops: minus the log-probability of each label, averaged. */
const crossEntropy = (logits: tf.Tensor2D, classes: tf.Tensor1D) => {
  const target = tf.cast(tf.oneHot(classes, logits.shape[1]), "float32");
  return tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), target)), logits.shape[0]));
};
export const losses = rows([
  [
    "softmaxCrossEntropy",
    "function",
    [normal(8, 10), labels(10, 8)],
    softmaxCrossEntropy,
    { reference: crossEntropy },
  ],
  [
    "softmaxCrossEntropy of one image",
    "function",
    [normal(1, 3), labels(3, 1)],
    softmaxCrossEntropy,
    { reference: crossEntropy },
  ],
  [
    "softmaxCrossEntropy of many classes",
    "function",
    [normal(5, 1000), labels(1000, 5)],
    softmaxCrossEntropy,
    { reference: crossEntropy },
  ],
  [
    "softmaxCrossEntropy of huge logits",
    "function",
    [normal(4, 10), labels(10, 4)],
    (z, y) => softmaxCrossEntropy(tf.mul(z, 500), y),
    { reference: (z, y) => crossEntropy(tf.mul(z, 500), y) },
  ],
]);
