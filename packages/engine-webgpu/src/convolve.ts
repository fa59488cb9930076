// A convolution and its gradients as three products of implicit matrices, for the kernels that are called so.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Program, TrainingBackend } from "./backend.js";
import { addParts } from "./wgsl/add-parts.js";
import { bindings } from "./wgsl/bindings.js";
import { type Conv, gradient, inPixels, outPixels, patch, reached, sizes, taps } from "./wgsl/convolution.js";
import { type Gemm, gemm, partsFor } from "./wgsl/gemm.js";
import { enabled, gradientScale } from "./wgsl/precision.js";
import { type Tile, tileName } from "./wgsl/tile.js";
import { lanesOf, vector } from "./wgsl/vector.js";

/** A geometry in a pipeline's name. */
const geometry = (conv: Conv): string =>
  [conv.inShape, conv.outShape, conv.filterHeight, conv.filterWidth, conv.strideHeight, conv.strideWidth]
    .concat(conv.dilationHeight, conv.dilationWidth, conv.padInfo.top, conv.padInfo.left)
    .join(" ");

interface Product
  extends Omit<Gemm, "store" | "totals" | "lanes" | "parts" | "precision" | "unit" | "software"> {
  /** With what is done to the sums: unique among a geometry's products. */
  name: string;
  conv: Conv;
  /** What is read, in the order of its bindings, with its channels: they lie next to one another. */
  read: Record<string, { tensor: TensorInfo; channels: number }>;
  /** What the entries call. */
  functions: string;
  /** Of the result, or of the results that lie behind one another: the second one is the sums of the right matrix's columns. */
  shapes: [product: number[], totals?: number[]];
  /** What becomes of a `sum` and what is `beside` it. */
  become?: string;
  /** What a factor of each term was multiplied with. */
  scale?: number;
}

/** Records the product, split where that is worth it, into new tensors. */
const product = (
  backend: TrainingBackend,
  { name, conv, read, functions, shapes, become = "sum", scale = 1, ...what }: Product,
): TensorInfo[] => {
  const { rows, columns, depth } = what;
  const { precision, software, unit } = backend;
  const totals = shapes.length > 1;
  const height = totals ? rows + 1 : rows;
  const parts = become === "sum" ? partsFor(rows, columns, depth) : 1;
  const lanes = lanesOf(columns);
  const tensors = Object.entries(read);
  const access = Object.fromEntries(tensors.map(([tensor]) => [tensor, "read" as const]));
  const types = Object.fromEntries(
    tensors.map(([tensor, { channels }]) => [tensor, vector(lanesOf(channels))]),
  );
  const head = bindings({ result: "write", ...access }, { result: vector(lanes), ...types });
  const store = `result[((part * ${height}u + row) * COLUMNS + column) / ${lanes}u] = ${become}${scale === 1 ? "" : ` / ${scale}.0`};`;
  const full = `${precision === "mixed" ? "mixed precision " : ""}${name} ${become} ${geometry(conv)}`;
  const program = (tile: Tile): Program => {
    const { code, workgroups } = gemm(
      { ...what, parts, lanes, store, totals, precision, unit, software },
      tile,
    );
    return {
      key: `${full} in ${tileName(tile)}`,
      code: enabled(precision, unit) + [head, sizes(conv), functions, code].join("\n"),
      workgroups,
    };
  };
  const whole = parts === 1 && !totals;
  const target = backend.makeTensorInfo(whole ? shapes[0] : [parts, height * columns], "float32");
  const bound = [target, ...tensors.map(([, { tensor }]) => tensor)];
  const bytes = bound.map((tensor) => util.sizeFromShape(tensor.shape) * Float32Array.BYTES_PER_ELEMENT);
  backend.record(backend.tiles.programOf({ name: full, rows, columns, program, bytes }), bound);
  if (whole) return [target];
  const sums = shapes.map((shape) => backend.makeTensorInfo(shape!, "float32"));
  backend.record(
    addParts(
      parts,
      sums.map(({ shape }) => util.sizeFromShape(shape)),
    ),
    [...sums, target],
  );
  backend.disposeData(target.dataId);
  return sums;
};

/** y = activation(conv(x, filter) + bias), [batch, height, width, channels]. */
export const convolved = (
  backend: TrainingBackend,
  conv: Conv,
  { x, filter, bias }: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo | undefined },
  activation: "linear" | "relu" = "linear",
): TensorInfo => {
  const { inChannels, outChannels } = conv;
  const sum = bias ? "sum + beside" : "sum";
  return product(backend, {
    name: "convolution",
    conv,
    read: {
      x: { tensor: x, channels: inChannels },
      weights: { tensor: filter, channels: outChannels },
      ...(bias && { bias: { tensor: bias, channels: outChannels } }),
    },
    functions: patch(conv),
    shapes: [conv.outShape],
    rows: outPixels(conv),
    columns: outChannels,
    depth: taps(conv) * inChannels,
    left: { entry: "return under(row, k);", along: "k", lanes: lanesOf(inChannels) },
    right: {
      entry: "return weights[(k * OUT + column) / OUT_LANES];",
      along: "column",
      lanes: lanesOf(outChannels),
    },
    // Not max(): that may take what is not a number for zero.
    beside: bias && "bias[column / OUT_LANES]",
    become: activation === "relu" ? `select(${sum}, Outs(), ${sum} < Outs())` : sum,
  })[0]!;
};

/** A gradient with respect to what came out, and y if a ReLU made it. */
export interface OutGradient {
  dy: TensorInfo;
  y?: TensorInfo | undefined;
}

const readOf = ({ dy, y }: OutGradient, channels: number): Product["read"] => ({
  dy: { tensor: dy, channels },
  ...(y && { y: { tensor: y, channels } }),
});

/** The gradient with respect to x. */
export const inputGradient = (
  backend: TrainingBackend,
  conv: Conv,
  out: OutGradient,
  filter: TensorInfo,
): TensorInfo => {
  const { inChannels, outChannels } = conv;
  const scale = gradientScale(backend.precision);
  return product(backend, {
    scale,
    name: out.y ? "masked input gradient" : "input gradient",
    conv,
    read: { ...readOf(out, outChannels), weights: { tensor: filter, channels: outChannels } },
    functions: `${gradient(out.y !== undefined, scale)}\n${reached(conv)}`,
    shapes: [conv.inShape],
    rows: inPixels(conv),
    columns: inChannels,
    depth: taps(conv) * outChannels,
    left: { entry: "return reached(row, k);", along: "k", lanes: lanesOf(outChannels) },
    right: {
      entry: "return weights[((k / OUT * IN + column) * OUT + k % OUT) / OUT_LANES];",
      along: "k",
      lanes: lanesOf(outChannels),
    },
  })[0]!;
};

/** The gradient with respect to the filter, [height, width, in, out], and if wanted that with respect to the bias, [out]. */
export const filterGradient = (
  backend: TrainingBackend,
  conv: Conv,
  x: TensorInfo,
  out: OutGradient,
  { withBias = false } = {},
): TensorInfo[] => {
  const { inChannels, outChannels } = conv;
  const scale = gradientScale(backend.precision);
  return product(backend, {
    scale,
    name: `${out.y ? "masked " : ""}filter gradient${withBias ? " with bias" : ""}`,
    conv,
    read: { x: { tensor: x, channels: inChannels }, ...readOf(out, outChannels) },
    functions: `${patch(conv)}\n${gradient(out.y !== undefined, scale)}`,
    // What the filter's gradient reads of dy anyway, added up, is the bias's.
    shapes: withBias ? [conv.filterShape, [outChannels]] : [conv.filterShape],
    rows: taps(conv) * inChannels,
    columns: outChannels,
    depth: outPixels(conv),
    left: { entry: "return under(k, row);", along: "row", lanes: lanesOf(inChannels) },
    right: { entry: "return gradient(k * OUT + column);", along: "column", lanes: lanesOf(outChannels) },
  });
};
