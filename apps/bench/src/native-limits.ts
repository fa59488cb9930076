// Limits of the machine for engine native, and the algorithms that the engine chooses.
import { prepare } from "@mlpconv/engine-native";
import { tf } from "@mlpconv/tensor";

export interface Limits {
  /** Fused multiply-adds in registers on all threads; the best of several measurements. */
  peakGflops: number;
  /** Reading one large array while writing another. */
  gigabytesPerSecond: number;
  /** The algorithm for a convolution with this geometry, in the order of the library's ConvShape. */
  algorithm: (geometry: number[], direction: "forward" | "gradInput" | "gradFilter") => string;
  /** Runs `body` with direct convolutions only. */
  exactly: <T>(body: () => Promise<T>) => Promise<T>;
}

const TRIES = 5;

const bandwidth = (): number => {
  const x = tf.ones([1 << 26]);
  const speeds = Array.from({ length: TRIES }, () => {
    const from = performance.now();
    tf.relu(x).dispose();
    return (2 * x.size * 4) / 1e6 / (performance.now() - from);
  });
  x.dispose();
  return Math.max(...speeds);
};

/** Measures the limits of this machine. The current engine must be native. */
export const nativeLimits = async (): Promise<Limits> => {
  const library = await prepare();
  const directions = ["forward", "gradInput", "gradFilter"];
  return {
    peakGflops: Math.max(...Array.from({ length: TRIES }, () => library.peak())),
    gigabytesPerSecond: bandwidth(),
    algorithm: (geometry, direction) =>
      library.plan(Int32Array.from(geometry), directions.indexOf(direction)),
    exactly: async (body) => {
      library.setExact(true);
      try {
        return await body();
      } finally {
        library.setExact(false);
      }
    },
  };
};
