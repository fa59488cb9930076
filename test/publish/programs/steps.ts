// Ten training steps of a plain tfjs program on engine wasm, in Node, on a page or in a Worker: the losses and a hash of all weights.
import { describe, prepare } from "@mlpconv/engine-wasm";
import * as tf from "@tensorflow/tfjs";

/** Deterministic values in [-1, 1); another `seed`, other values. */
const values = (shape: number[], seed: number, scale = 1) => {
  let state = (seed + 1) * 2654435761;
  const numbers = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state / 2 ** 31 - 1) * scale);
  });
  return tf.tensor(numbers, shape);
};

/** FNV-1a of the arrays' bytes. */
const hashOf = (arrays: Float32Array[]) => {
  let hash = 2166136261;
  for (const array of arrays)
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash.toString(16);
};

const run = async () => {
  await prepare();
  await tf.setBackend("wasm");
  const variable = (shape: number[], seed: number) => tf.variable(values(shape, seed, 0.4));
  const filters = [variable([5, 5, 1, 16], 1), variable([1, 1, 16, 16], 2), variable([3, 3, 16, 10], 3)];
  const x = values([16, 28, 28, 1], 4).as4D(16, 28, 28, 1);
  const classes = Int32Array.from({ length: 16 }, (_, i) => i % 10);
  const labels = tf.oneHot(tf.tensor1d(classes, "int32"), 10);
  const optimizer = tf.train.momentum(0.05, 0.9);
  const loss = () => {
    const [first, second, third] = filters.map((filter) => filter as unknown as tf.Tensor4D);
    let y = tf.relu(tf.conv2d(x, first!, 1, "same"));
    y = tf.relu(tf.conv2d(y, second!, 1, "valid"));
    y = tf.conv2d(tf.maxPool(y, 3, 2, "valid"), third!, 1, "same");
    return tf.losses.softmaxCrossEntropy(labels, tf.mean(y, [1, 2])).asScalar();
  };
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    const value = optimizer.minimize(loss, true)!;
    losses.push((await value.data())[0]!);
    value.dispose();
  }
  const weights = filters.map((filter) => filter.dataSync() as Float32Array);
  return { backend: tf.getBackend(), device: describe(), losses, hash: hashOf(weights) };
};

const report = (found: object) => {
  if (typeof document !== "undefined") document.title = JSON.stringify(found);
  else if (typeof self !== "undefined" && typeof process === "undefined") self.postMessage(found);
  else console.log(JSON.stringify(found));
};
run().then(report, (error) => report({ error: String(error.message ?? error) }));
