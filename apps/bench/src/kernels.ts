// `bench kernels`: each convolution of NiN at 224 px, in each direction, in GFLOP/s (a multiply-add counts as two).
import { type EngineName, type KernelName, type Kernels, stream, tf, useEngine } from "@mlpconv/tensor";
import { type Limits, nativeLimits } from "./native-limits.js";
import { writeResults } from "./results.js";
import { median } from "./statistics.js";

/** Side of the input, channels in and out, window, stride, padding. */
const SHAPES = [
  { input: 224, from: 1, to: 96, window: 11, stride: 4, pad: 0 },
  { input: 54, from: 96, to: 96, window: 1, stride: 1, pad: 0 },
  { input: 26, from: 96, to: 256, window: 5, stride: 1, pad: 2 },
  { input: 26, from: 256, to: 256, window: 1, stride: 1, pad: 0 },
  { input: 12, from: 256, to: 384, window: 3, stride: 1, pad: 1 },
  { input: 12, from: 384, to: 384, window: 1, stride: 1, pad: 0 },
  { input: 5, from: 384, to: 10, window: 3, stride: 1, pad: 1 },
  { input: 5, from: 10, to: 10, window: 1, stride: 1, pad: 0 },
] as const;
type Shape = (typeof SHAPES)[number];

export interface KernelsOptions {
  engine: EngineName | "auto";
  batch: number;
  /** Runs whose median counts, after one that does not. */
  runs: number;
}

const random = (shape: number[]) =>
  tf.tensor(stream(0, String(shape)).normal(shape.reduce((a, b) => a * b)), shape);

const secondsOf = async (runs: number, body: () => tf.Tensor | tf.Tensor[]): Promise<number> => {
  const seconds: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const from = performance.now();
    const result = [body()].flat();
    // One value tells that the kernel has ended, also where it runs elsewhere; all of them would be timed copies.
    result.push(tf.tidy(() => tf.slice(result[0]!.flatten(), 0, 1)));
    await result.at(-1)!.data();
    seconds.push((performance.now() - from) / 1000);
    tf.dispose(result);
  }
  return median(seconds.slice(1));
};

const runKernel = <K extends KernelName>(
  kernel: K,
  inputs: Kernels[K]["inputs"],
  attributes: Kernels[K]["attributes"],
) =>
  tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];

const measure = async ({ input, from, to, window, stride, pad }: Shape, batch: number, timed: Timed) => {
  const side = Math.floor((input + 2 * pad - window) / stride) + 1;
  const x = random([batch, input, input, from]) as tf.Tensor4D;
  const filter = random([window, window, from, to]) as tf.Tensor4D;
  const bias = random([to]) as tf.Tensor1D;
  const y = tf.relu(random([batch, side, side, to])) as tf.Tensor4D;
  const dy = random([batch, side, side, to]) as tf.Tensor4D;
  const conv = { strides: [stride, stride] as [number, number], pad, activation: "relu" as const };
  const gflop = (2 * batch * side * side * to * window * window * from) / 1e9;
  const geometry = [batch, input, input, from, side, side, to, window, window, stride, stride, pad, pad];
  const gigabytes = (...tensors: tf.Tensor[]) => tensors.reduce((sum, { size }) => sum + size * 4, 0) / 1e9;
  const rows = [
    await timed("forward", geometry, gflop, gigabytes(x, filter, y), () =>
      runKernel("ConvBiasRelu", { x, filter, bias }, conv),
    ),
    await timed("gradInput", geometry, gflop, gigabytes(dy, y, filter, x), () =>
      runKernel("ConvBiasReluGradInput", { dy, y, filter }, { ...conv, inputShape: x.shape }),
    ),
    await timed("gradFilter", geometry, gflop, gigabytes(x, dy, y, filter), () =>
      runKernel("ConvBiasReluGradFilter", { x, dy, y }, { ...conv, filterShape: filter.shape }),
    ),
  ];
  tf.dispose([x, filter, bias, y, dy]);
  const layer = `${window}x${window}/${stride} ${from}->${to} @${input}`;
  return rows.map((row) => ({ layer, ...row }));
};

type Direction = "forward" | "gradInput" | "gradFilter";
/** Measures one kernel: what it computes, and what it cannot but read and write once. */
type Timed = (
  direction: Direction,
  geometry: number[],
  gflop: number,
  gigabytes: number,
  body: () => tf.Tensor | tf.Tensor[],
) => Promise<Figures>;

interface Figures {
  direction: Direction;
  gflops: number;
  /** Of engine native alone: the algorithm it chose, the direct one's speed, and that one's share of each limit. */
  algorithm?: string;
  directGflops?: number;
  ofPeak?: number;
  ofBandwidth?: number;
}

const plain =
  (runs: number): Timed =>
  async (direction, _geometry, gflop, _gigabytes, body) => ({
    direction,
    gflops: gflop / (await secondsOf(runs, body)),
  });

const beside =
  (runs: number, { peakGflops, gigabytesPerSecond, algorithm, exactly }: Limits): Timed =>
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
    for (const row of await measure(shape, batch, limits ? beside(runs, limits) : plain(runs))) {
      rows.push(row);
      console.log(describe(row));
    }
  }
  const { peakGflops, gigabytesPerSecond } = limits ?? {};
  const figures = { device: engine.device, batch, runs, peakGflops, gigabytesPerSecond, rows };
  console.log(`written to ${writeResults("kernels", engine.name, undefined, figures)}`);
};

const percent = (share: number) => `${Math.round(share * 100)} %`;
const describe = (row: Figures & { layer: string }) =>
  `${row.layer.padEnd(22)} ${row.direction.padEnd(11)} ${row.gflops.toFixed(0).padStart(5)} GFLOP/s` +
  (row.algorithm
    ? `  ${row.algorithm.padEnd(20)} direct ${row.directGflops!.toFixed(0)}: ${percent(row.ofPeak!)} of the peak, ${percent(row.ofBandwidth!)} of the memory's speed`
    : "");
