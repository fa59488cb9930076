// A two-class problem that one dense layer solves: is the left pixel brighter than the right one?
import { stream, tf } from "@mlpconv/tensor";

export const toyLoader = (examples: number, batchSize: number, seed = 0) => {
  const pixels = stream(seed, "toy").uniform(examples * 2);
  const batches = Math.ceil(examples / batchSize);
  async function* epoch(_n = 0, skip = 0): AsyncGenerator<{ x: tf.Tensor4D; y: tf.Tensor1D }> {
    for (let at = skip * batchSize; at < examples; at += batchSize) {
      const n = Math.min(batchSize, examples - at);
      const x = pixels.slice(at * 2, (at + n) * 2);
      const y = Int32Array.from({ length: n }, (_, i) => Number(x[2 * i]! > x[2 * i + 1]!));
      yield { x: tf.tensor4d(x, [n, 1, 2, 1]), y: tf.tensor1d(y, "int32") };
    }
  }
  return {
    examples,
    batchSize,
    batches,
    epoch,
    [Symbol.asyncIterator]: () => epoch()[Symbol.asyncIterator](),
  };
};

export const toyModel = (classes = 2): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [1, 2, 1] }),
      tf.layers.dense({ units: classes, kernelInitializer: "zeros" }),
    ],
  });
