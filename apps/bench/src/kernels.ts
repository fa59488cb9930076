// `bench kernels`: each convolution of NiN at 224 px, in each direction, in GFLOP/s (a multiply-add counts as two).
import { type EngineName, type KernelName, type Kernels, stream, tf, useEngine } from "@mlpconv/tensor";
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
] as const;

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
    await result[0]!.data();
    seconds.push((performance.now() - from) / 1000);
    tf.dispose(result);
  }
  return median(seconds.slice(1));
};

export const benchKernels = async ({ engine: name, batch, runs }: KernelsOptions) => {
  const engine = await useEngine(name);
  const run = <K extends KernelName>(
    kernel: K,
    inputs: Kernels[K]["inputs"],
    attributes: Kernels[K]["attributes"],
  ) =>
    tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as
      | tf.Tensor
      | tf.Tensor[];
  const rows = [];
  for (const { input, from, to, window, stride, pad } of SHAPES) {
    const side = Math.floor((input + 2 * pad - window) / stride) + 1;
    const x = random([batch, input, input, from]) as tf.Tensor4D;
    const filter = random([window, window, from, to]) as tf.Tensor4D;
    const bias = random([to]) as tf.Tensor1D;
    const y = tf.relu(random([batch, side, side, to])) as tf.Tensor4D;
    const dy = random([batch, side, side, to]) as tf.Tensor4D;
    const conv = { strides: [stride, stride] as [number, number], pad, activation: "relu" as const };
    const gflop = (2 * batch * side * side * to * window * window * from) / 1e9;
    const row = {
      layer: `${window}x${window}/${stride} ${from}->${to} @${input}`,
      forward: gflop / (await secondsOf(runs, () => run("ConvBiasRelu", { x, filter, bias }, conv))),
      gradInput:
        gflop /
        (await secondsOf(runs, () =>
          run("ConvBiasReluGradInput", { dy, y, filter }, { ...conv, inputShape: x.shape }),
        )),
      gradFilter:
        gflop /
        (await secondsOf(runs, () =>
          run("ConvBiasReluGradFilter", { x, dy, y }, { ...conv, filterShape: filter.shape }),
        )),
    };
    tf.dispose([x, filter, bias, y, dy]);
    rows.push(row);
    const figures = [row.forward, row.gradInput, row.gradFilter].map((value) => value.toFixed(1).padStart(7));
    console.log(
      `${row.layer.padEnd(24)} forward${figures[0]}  input gradient${figures[1]}  filter gradient${figures[2]}  GFLOP/s`,
    );
  }
  console.log(`written to ${writeResults("kernels", engine.name, undefined, { batch, runs, rows })}`);
};
