// Matrix products, one or a batch; a bias a column and ReLU go into the last pass over the sums.
import { type BatchMatMulAttrs, broadcast_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { expectShape } from "../geometry.js";
import { kernel, stock } from "../kernel.js";

type Inputs = Record<"a" | "b", TensorInfo>;
type FusedInputs = Inputs & Partial<Record<"bias" | "preluActivationWeights", TensorInfo>>;

const stockMatMul = stock("BatchMatMul");
const stockFusedMatMul = stock("_FusedMatMul");

const multiply = (
  where: string,
  { a, b, bias }: FusedInputs,
  { transposeA, transposeB }: BatchMatMulAttrs,
  relu: boolean,
  backend: NativeBackend,
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
  if (bias) expectShape(where, "bias", bias.shape.slice(-1), [n]);
  const [left, right] = [backend.floats(a), backend.floats(b)];
  const biases = bias ? backend.floats(bias) : null;
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const c = backend.allocate([...outer, m, n]);
  const product = backend.floats(c);
  const batch = util.sizeFromShape(outer);
  for (let i = 0; i < batch; i++) {
    // A single matrix beside a batch is used for each; the views keep their own memory alive.
    const from = (values: Float32Array, size: number) => {
      const at = (i * size) % values.length;
      return batch === 1 ? values : values.subarray(at, at + size);
    };
    const to = batch === 1 ? product : product.subarray(i * m * n, (i + 1) * m * n);
    backend.native.call(
      "mlpconv_matmul",
      m,
      n,
      k,
      from(left, m * k),
      Number(transposeA),
      from(right, k * n),
      Number(transposeB),
      biases,
      Number(relu),
      to,
    );
  }
  return c;
};

/** float32 matrices with something in them. */
const isPlain = ({ a, b }: Inputs): boolean =>
  [a, b].every(
    ({ dtype, shape }) => dtype === "float32" && shape.length >= 2 && util.sizeFromShape(shape) > 0,
  );

export const batchMatMul = kernel<Inputs, BatchMatMulAttrs>("BatchMatMul", (inputs, attributes, backend) =>
  isPlain(inputs)
    ? multiply("BatchMatMul", inputs, attributes, false, backend)
    : stockMatMul(inputs, attributes, backend),
);

export const fusedMatMul = kernel<FusedInputs, BatchMatMulAttrs & { activation: string }>(
  "_FusedMatMul",
  (inputs, attributes, backend) => {
    const { activation } = attributes;
    const { bias } = inputs;
    // A bias a column; any other shape is broadcast by the stock kernel.
    const columns = !bias || util.sizeFromShape(bias.shape) === bias.shape.at(-1);
    const known = activation === "linear" || activation === "relu";
    return isPlain(inputs) && columns && known
      ? multiply("_FusedMatMul", inputs, attributes, activation === "relu", backend)
      : stockFusedMatMul(inputs, attributes, backend);
  },
);
