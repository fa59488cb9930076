// BatchMatMul: the stock kernel leaves XNNPACK for naive loops (2.3 instead of 40 GFLOP/s) when a side is to be transposed, as both
// gradients of a dense layer ask. Transposing costs 1.4 ns a value and packing a right side 2.5, so the smaller matrix pays.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type BatchMatMulAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { dispose, withView } from "../heap.js";
import { kernel, stock } from "../kernel.js";
import { transposed } from "../transpose.js";

type Inputs = Record<"a" | "b", TensorInfo>;
const stockMatMul = stock("BatchMatMul");

export const batchMatMul = kernel<Inputs, BatchMatMulAttrs>(
  "BatchMatMul",
  ({ a, b }, { transposeA, transposeB }, backend) => {
    // Several matrices, which our networks do not multiply, stay with the stock kernel.
    if (matrices(a) > 1 || matrices(b) > 1) return multiply(backend, a, b, { transposeA, transposeB });
    if (transposeB && !transposeA && rows(a) < rows(b)) {
      // a b^T = (b a^T)^T spares the large b, such as a dense layer's weights, from being transposed and packed.
      const right = swapped(backend, a);
      const flipped = multiply(backend, b, right);
      const product = swapped(backend, flipped);
      dispose(backend, right, flipped);
      return product;
    }
    const left = transposeA ? swapped(backend, a) : undefined;
    const right = transposeB ? swapped(backend, b) : undefined;
    const product = multiply(backend, left ?? a, right ?? b);
    for (const scratch of [left, right]) if (scratch) dispose(backend, scratch);
    return product;
  },
);

const matrices = ({ shape }: TensorInfo): number => util.sizeFromShape(shape.slice(0, -2));
const rows = ({ shape }: TensorInfo): number => shape.at(-2) ?? 1;

/**
 * The stock backend keeps what it packed of a right side for as long as the tensor's memory lives, and takes it for any shape: a
 * tensor that was reshaped must come as a view, or it would be multiplied in a shape it had before.
 */
const multiply = (
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  transposes = { transposeA: false, transposeB: false },
): TensorInfo => {
  const own = backend.dataIdMap.get(b.dataId).shape;
  const product = (right: TensorInfo) => stockMatMul({ a, b: right }, transposes, backend);
  const reshaped = !util.arraysEqual(own.slice(-2), b.shape.slice(-2));
  return reshaped ? withView(backend, b, 0, b.shape, product) : product(b);
};

/** A matrix (after leading ones) with its two axes swapped. */
const swapped = (backend: BackendWasm, matrix: TensorInfo): TensorInfo => {
  const [rows = 1, columns = 1] = matrix.shape.slice(-2);
  const shape = [...matrix.shape.slice(0, -2), columns, rows];
  return { ...transposed(backend, matrix, { rows, columns }), shape };
};
