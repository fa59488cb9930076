// Measures the speed of an engine briefly, to choose between a GPU and a CPU.
import { convBiasRelu } from "../ops/conv-bias-relu.js";
import { tf } from "../tf.js";

const RUNS = 3;

/** Seconds of one 5x5 convolution of 6.6 GFLOP on the current engine: the fastest of three, after one that compiles and uploads. */
export const probe = async (): Promise<number> => {
  const [x, filter, bias] = tf.tidy(() => [
    tf.fill([32, 26, 26, 64], 0.5) as tf.Tensor4D,
    tf.fill([5, 5, 64, 96], 0.01) as tf.Tensor4D,
    tf.fill([96], 0.1) as tf.Tensor1D,
  ]);
  const once = async (): Promise<number> => {
    const began = performance.now();
    // Only one value is read back, not the whole result.
    const y = tf.tidy(() => tf.max(convBiasRelu(x, filter, bias, { pad: 2 })));
    await y.data();
    y.dispose();
    return (performance.now() - began) / 1000;
  };
  try {
    await once();
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) least = Math.min(least, await once());
    return least;
  } finally {
    tf.dispose([x, filter, bias]);
  }
};
