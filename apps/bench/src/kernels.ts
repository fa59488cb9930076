// `bench kernels`: measures NiN's convolutions at 224 pixels in each direction, in GFLOP/s (a multiply-add counts as two), and batch normalisation.
import { type EngineName, tf, useEngine } from "@mlpconv/tensor";
import { BATCH_NORMS, timeBatchNorm } from "./batch-norms.js";
import { type Direction, SHAPES, type Timed, timeConvolution } from "./convolutions.js";
import { type Limits, nativeLimits } from "./native-limits.js";
import { writeResults } from "./results.js";
import { median } from "./statistics.js";

export interface KernelsOptions {
  engine: EngineName | "auto";
  batch: number;
  /** Number of runs, of which the median is reported, after one for warming up. */
  runs: number;
}

const secondsOf = async (runs: number, body: () => tf.Tensor | tf.Tensor[]): Promise<number> => {
  const seconds: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const from = performance.now();
    const result = [body()].flat();
    // Reading one value waits for the kernel, also on a GPU; reading all would include a copy in the time.
    result.push(tf.tidy(() => tf.slice(result[0]!.flatten(), 0, 1)));
    await result.at(-1)!.data();
    seconds.push((performance.now() - from) / 1000);
    tf.dispose(result);
  }
  return median(seconds.slice(1));
};

export interface Figures {
  direction: Direction;
  gflops: number;
  /** Only for engine native: the chosen algorithm, the direct algorithm's speed, and its share of each limit. */
  algorithm?: string;
  directGflops?: number;
  ofPeak?: number;
  ofBandwidth?: number;
}

/** Measures the speed alone. */
export const plain =
  (runs: number): Timed<Figures> =>
  async (direction, _geometry, gflop, _gigabytes, body) => ({
    direction,
    gflops: gflop / (await secondsOf(runs, body)),
  });

const beside =
  (runs: number, { peakGflops, gigabytesPerSecond, algorithm, exactly }: Limits): Timed<Figures> =>
  async (direction, geometry, gflop, gigabytes, body) => {
    const direct = await exactly(() => secondsOf(runs, body));
    const chosen = algorithm(geometry, direction);
    return {
      direction,
      gflops: chosen.startsWith("direct") ? gflop / direct : gflop / (await secondsOf(runs, body)),
      algorithm: chosen,
      directGflops: gflop / direct,
      ofPeak: gflop / direct / peakGflops,
      ofBandwidth: gigabytes / direct / gigabytesPerSecond,
    };
  };

export const benchKernels = async ({ engine: name, batch, runs }: KernelsOptions) => {
  const engine = await useEngine(name);
  const limits = engine.name === "native" ? await nativeLimits() : undefined;
  const rows = [];
  for (const shape of SHAPES) {
    for (const row of await timeConvolution(shape, batch, limits ? beside(runs, limits) : plain(runs))) {
      rows.push(row);
      console.log(describe(row));
    }
  }
  const { peakGflops, gigabytesPerSecond } = limits ?? {};
  const batchNorms = [];
  for (const shape of BATCH_NORMS) {
    for (const row of await timeBatchNorm(shape, batch, (body) => secondsOf(runs, body))) {
      const ofBandwidth = gigabytesPerSecond && row.gigabytesPerSecond / gigabytesPerSecond;
      batchNorms.push({ ...row, ...(ofBandwidth && { ofBandwidth }) });
      console.log(
        `${row.layer.padEnd(22)} ${row.direction.padEnd(11)} ${row.gigabytesPerSecond.toFixed(0).padStart(5)} GB/s` +
          (ofBandwidth ? `  ${percent(ofBandwidth)} of the memory's speed` : ""),
      );
    }
  }
  const figures = { device: engine.device, batch, runs, peakGflops, gigabytesPerSecond, rows, batchNorms };
  console.log(`written to ${writeResults("kernels", engine.name, undefined, figures)}`);
};

const percent = (share: number) => `${Math.round(share * 100)} %`;
const describe = (row: Figures & { layer: string }) =>
  `${row.layer.padEnd(22)} ${row.direction.padEnd(11)} ${row.gflops.toFixed(0).padStart(5)} GFLOP/s` +
  (row.algorithm
    ? `  ${row.algorithm.padEnd(20)} direct ${row.directGflops!.toFixed(0)}: ${percent(row.ofPeak!)} of the peak, ${percent(row.ofBandwidth!)} of the memory's speed`
    : "");
