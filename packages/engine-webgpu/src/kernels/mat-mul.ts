// BatchMatMul and _FusedMatMul of two matrices, each optionally transposed. Batches of matrices, which no model here has, go to tfjs's own kernel, which
// adds partial sums with atomics, so that the order of additions differs from call to call.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "../backend.js";
import { kernelFor } from "../kernel.js";
import { epilogueOf, product } from "../product.js";
import { vectorWidthOf } from "../wgsl/vector.js";

type Inputs = Record<"a" | "b", TensorInfo>;
interface Attributes {
  transposeA: boolean;
  transposeB: boolean;
}
type FusedInputs = Inputs & { bias?: TensorInfo; preluActivationWeights?: TensorInfo };
interface FusedAttributes extends Attributes {
  activation?: string | null;
}

/** Whether both inputs are single float32 matrices: all sizes before the last two are 1. */
const isOneProduct = ({ a, b }: Inputs): boolean =>
  [a, b].every(
    ({ shape, dtype }) =>
      dtype === "float32" &&
      shape.length >= 2 &&
      shape.slice(0, -2).every((size) => size === 1) &&
      util.sizeFromShape(shape) > 0,
  );

/** Whether our product can add the bias and apply the activation: a number for each column, and none or a ReLU. */
const isFusable = (inputs: FusedInputs, { activation, transposeB }: FusedAttributes): boolean => {
  const { b, bias, preluActivationWeights } = inputs;
  const columns = b.shape.at(transposeB ? -2 : -1);
  const { dtype, shape } = bias ?? { dtype: "float32", shape: [columns] };
  const perColumn = dtype === "float32" && shape.length === 1 && shape[0] === columns;
  const known = activation == null || activation === "linear" || activation === "relu";
  return isOneProduct(inputs) && perColumn && known && preluActivationWeights === undefined;
};

const multiplied = (
  backend: TrainingBackend,
  { a, b }: Inputs,
  { transposeA, transposeB }: Attributes,
  bias?: TensorInfo,
  activation: "linear" | "relu" = "linear",
): TensorInfo => {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  const [aWidth, bWidth] = [vectorWidthOf(aColumns), vectorWidthOf(bColumns)];
  const ones = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  return product(backend, {
    name: `matrices ${aRows}x${aColumns}${transposeA ? " transposed" : ""} ${bRows}x${bColumns}${transposeB ? " transposed" : ""}`,
    read: { a: { tensor: a, channels: aColumns }, b: { tensor: b, channels: bColumns } },
    shapes: [[...ones, rows, columns]],
    rows,
    columns,
    depth,
    // Either matrix may be a gradient, whose small values would be lost in 16 bits without scaling.
    precision: "full",
    bias,
    epilogue: epilogueOf(bias !== undefined, activation),
    left: {
      entry: `return a[(${transposeA ? `k * ${aColumns}u + row` : `row * ${aColumns}u + k`}) / ${aWidth}u];`,
      contiguous: transposeA ? "row" : "k",
      vectorWidth: aWidth,
    },
    right: {
      entry: `return b[(${transposeB ? `column * ${bColumns}u + k` : `k * ${bColumns}u + column`}) / ${bWidth}u];`,
      contiguous: transposeB ? "k" : "column",
      vectorWidth: bWidth,
    },
  })[0]!;
};

export const matMul = kernelFor<Inputs, Attributes>(
  "BatchMatMul",
  isOneProduct,
  (inputs, attributes, backend) => multiplied(backend, inputs, attributes),
);

/** A dense layer. tfjs's own kernel adds partial sums with atomics too, and fills its result with zeros from the host, so that no step is recorded. */
export const fusedMatMul = kernelFor<FusedInputs, FusedAttributes>(
  "_FusedMatMul",
  isFusable,
  (inputs, attributes, backend) =>
    multiplied(
      backend,
      inputs,
      attributes,
      inputs.bias,
      attributes.activation === "relu" ? "relu" : "linear",
    ),
);
