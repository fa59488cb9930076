// A convolution and its gradients as three products of implicit matrices, for the kernels that are called so.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import { addParts } from "./wgsl/add-parts.js";
import { bindings } from "./wgsl/bindings.js";
import { type Conv, gradient, inPixels, outPixels, patch, reached, sizes, taps } from "./wgsl/convolution.js";
import { type Gemm, gemm, partsFor } from "./wgsl/gemm.js";
import { sumColumns } from "./wgsl/sum-columns.js";

/** A geometry in a pipeline's name. */
const geometry = (conv: Conv): string =>
  [conv.inShape, conv.outShape, conv.filterHeight, conv.filterWidth, conv.strideHeight, conv.strideWidth]
    .concat(conv.dilationHeight, conv.dilationWidth, conv.padInfo.top, conv.padInfo.left)
    .join(" ");

/** Records the product, split where that is worth it, into a new tensor. */
const product = (
  backend: TrainingBackend,
  {
    name,
    conv,
    read,
    functions,
    shape,
  }: { name: string; conv: Conv; read: Record<string, TensorInfo>; functions: string; shape: number[] },
  what: Omit<Gemm, "store" | "parts"> & { become?: string },
): TensorInfo => {
  const { rows, columns, depth, become = "sum" } = what;
  const parts = become === "sum" ? partsFor(rows, columns, depth) : 1;
  const target = backend.makeTensorInfo(parts === 1 ? shape : [parts, rows * columns], "float32");
  const { code, workgroups } = gemm({
    ...what,
    parts,
    store: `result[(part * ROWS + row) * COLUMNS + column] = ${become};`,
  });
  const access = Object.fromEntries(Object.keys(read).map((tensor) => [tensor, "read" as const]));
  const text = [bindings({ result: "write", ...access }), sizes(conv), functions, code].join("\n");
  backend.record({ key: `${name} ${become} ${geometry(conv)}`, code: text, workgroups }, [
    target,
    ...Object.values(read),
  ]);
  if (parts === 1) return target;
  const sums = backend.makeTensorInfo(shape, "float32");
  backend.record(addParts(parts, rows * columns), [sums, target]);
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
  const sum = bias ? "sum + bias[column]" : "sum";
  return product(
    backend,
    {
      name: "convolution",
      conv,
      read: { x, weights: filter, ...(bias && { bias }) },
      functions: patch(conv),
      shape: conv.outShape,
    },
    {
      rows: outPixels(conv),
      columns: conv.outChannels,
      depth: taps(conv) * conv.inChannels,
      left: "return under(row, k);",
      leftAlong: "k",
      right: "return weights[k * OUT + column];",
      rightAlong: "column",
      become: activation === "relu" ? `max(${sum}, 0.0)` : sum,
    },
  );
};

/** A gradient with respect to what came out, and y if a ReLU made it. */
export interface OutGradient {
  dy: TensorInfo;
  y?: TensorInfo | undefined;
}

/** The gradient with respect to x. */
export const inputGradient = (
  backend: TrainingBackend,
  conv: Conv,
  { dy, y }: OutGradient,
  filter: TensorInfo,
): TensorInfo =>
  product(
    backend,
    {
      name: y ? "masked input gradient" : "input gradient",
      conv,
      read: { dy, ...(y && { y }), weights: filter },
      functions: `${gradient(y !== undefined)}\n${reached(conv)}`,
      shape: conv.inShape,
    },
    {
      rows: inPixels(conv),
      columns: conv.inChannels,
      depth: taps(conv) * conv.outChannels,
      left: "return reached(row, k);",
      leftAlong: "k",
      right: "return weights[(k / OUT * IN + column) * OUT + k % OUT];",
      rightAlong: "k",
    },
  );

/** The gradient with respect to the filter, [height, width, in, out]. */
export const filterGradient = (
  backend: TrainingBackend,
  conv: Conv,
  x: TensorInfo,
  { dy, y }: OutGradient,
): TensorInfo =>
  product(
    backend,
    {
      name: y ? "masked filter gradient" : "filter gradient",
      conv,
      read: { x, dy, ...(y && { y }) },
      functions: `${patch(conv)}\n${gradient(y !== undefined)}`,
      shape: conv.filterShape,
    },
    {
      rows: taps(conv) * conv.inChannels,
      columns: conv.outChannels,
      depth: outPixels(conv),
      left: "return under(k, row);",
      leftAlong: "row",
      right: "return gradient(k * OUT + column);",
      rightAlong: "column",
    },
  );

/** The gradient with respect to the bias, [out]. */
export const biasGradient = (backend: TrainingBackend, conv: Conv, { dy, y }: OutGradient): TensorInfo => {
  const { program, parts } = sumColumns(outPixels(conv), conv.outChannels, y !== undefined);
  const partial = backend.makeTensorInfo([parts, conv.outChannels], "float32");
  backend.record(program, y ? [partial, dy, y] : [partial, dy]);
  const sums = backend.makeTensorInfo([conv.outChannels], "float32");
  backend.record(addParts(parts, conv.outChannels), [sums, partial]);
  backend.disposeData(partial.dataId);
  return sums;
};
