// Matrix products, single or in batches; a bias for each column and ReLU are applied in the last pass over the sums.
import { type BatchMatMulAttrs, broadcast_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { expectShape } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";
import { type FusedAttributes, withActivation } from "./fused-activation.js";

type Inputs = Record<"a" | "b", TensorInfo>;
type FusedInputs = Inputs & Partial<Record<"bias" | "preluActivationWeights", TensorInfo>>;

const stockMatMul = cpuKernel("BatchMatMul");
const stockFusedMatMul = cpuKernel("_FusedMatMul");

/** The matrix that each product of a batch takes from a tensor whose own batch `own` is broadcast to `outer`. */
const matricesOf = (own: readonly number[], outer: readonly number[]): number[] =>
  Array.from({ length: util.sizeFromShape([...outer]) }, (_, product) => {
    let [matrix, stride, rest] = [0, 1, product];
    // Shapes are aligned at their ends.
    for (let axis = outer.length - 1, at = own.length - 1; at >= 0; axis--, at--) {
      if (own[at] !== 1) matrix += (rest % outer[axis]!) * stride;
      stride *= own[at]!;
      rest = Math.floor(rest / outer[axis]!);
    }
    return matrix;
  });

const multiply = (
  where: string,
  { a, b, bias }: FusedInputs,
  { transposeA, transposeB }: BatchMatMulAttrs,
  relu: boolean,
  backend: KernelBackend,
): TensorInfo => {
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (inner !== k) {
    const marks = [transposeA, transposeB].map((transposed) => (transposed ? " transposed" : ""));
    throw new Error(
      `${where}: expected inner sizes to be equal, got [${a.shape}]${marks[0]} and [${b.shape}]${marks[1]}`,
    );
  }
  if (bias) expectShape(where, "bias", bias.shape, [n]);
  for (const input of [a, b, ...(bias ? [bias] : [])]) backend.floats(input);
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const c = backend.allocate([...outer, m, n]);
  const [ofA, ofB] = [matricesOf(outerA, outer), matricesOf(outerB, outer)];
  for (let i = 0; i < ofA.length; i++) {
    // Sliced again for each product, because a call may move the memory and an array that was detached has no parts.
    const part = (tensor: TensorInfo, matrix: number, size: number) => {
      const values = backend.floats(tensor);
      return values.length === size ? values : values.subarray(matrix * size, (matrix + 1) * size);
    };
    backend.library.call(
      "mlpconv_matmul",
      m,
      n,
      k,
      part(a, ofA[i]!, m * k),
      Number(transposeA),
      part(b, ofB[i]!, k * n),
      Number(transposeB),
      bias ? backend.floats(bias) : null,
      Number(relu),
      part(c, i, m * n),
    );
  }
  return c;
};

/** Whether both inputs are float32 and not empty. */
const isPlain = ({ a, b }: Inputs): boolean =>
  [a, b].every(
    ({ dtype, shape }) => dtype === "float32" && shape.length >= 2 && util.sizeFromShape(shape) > 0,
  );

export const batchMatMul = kernel<Inputs, BatchMatMulAttrs>("BatchMatMul", (inputs, attributes, backend) =>
  isPlain(inputs)
    ? multiply("BatchMatMul", inputs, attributes, false, backend)
    : stockMatMul(inputs, attributes, backend),
);

export const fusedMatMul = kernel<FusedInputs, BatchMatMulAttrs & FusedAttributes>(
  "_FusedMatMul",
  (inputs, attributes, backend) => {
    if (!isPlain(inputs)) return stockFusedMatMul(inputs, attributes, backend);
    const columns = inputs.b.shape.at(attributes.transposeB ? -2 : -1)!;
    return withActivation("_FusedMatMul", inputs, attributes, columns, backend, (bias, relu) =>
      multiply(
        "_FusedMatMul",
        { a: inputs.a, b: inputs.b, ...(bias && { bias }) },
        attributes,
        relu,
        backend,
      ),
    );
  },
);
