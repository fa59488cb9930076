// What the machine allows engine native, and which algorithm it chooses under it.
import { prepare } from "@mlpconv/engine-native";
import { tf } from "@mlpconv/tensor";

export interface Limits {
  /** Fused multiply-adds in registers on all threads, the best of some tries. */
  peakGflops: number;
  /** Reading one large array while writing another. */
  gigabytesPerSecond: number;
  /** The algorithm for a convolution of this geometry, in the order of the library's ConvShape. */
  algorithm: (geometry: number[], direction: "forward" | "gradInput" | "gradFilter") => string;
  /** Runs something with direct convolutions alone. */
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

/** Limits of this machine for the current engine, which must be native. */
export const nativeLimits = async (): Promise<Limits> => {
  const library = await prepare();
  const directions = ["forward", "gradInput", "gradFilter"];
  return {
    peakGflops: Math.max(...Array.from({ length: TRIES }, () => library.mlpconv_peak_gflops())),
    gigabytesPerSecond: bandwidth(),
    algorithm: (geometry, direction) =>
      library.mlpconv_conv_plan(Int32Array.from(geometry), directions.indexOf(direction)),
    exactly: async (body) => {
      library.mlpconv_set_exact(1);
      try {
        return await body();
      } finally {
        library.mlpconv_set_exact(0);
      }
    },
  };
};
