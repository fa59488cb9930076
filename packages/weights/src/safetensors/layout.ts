// Makes the header of a new file, and the order of its data.
import { findExcess } from "./bounds.js";
import { arrays, byteLength, isDtype, type TensorType } from "./dtypes.js";
import { SafetensorsError } from "./error.js";
import { MAX_HEADER, PREFIX } from "./header.js";

export interface Layout<T> {
  /** The length's eight bytes and the JSON, padded with spaces to a multiple of 8. */
  head: Uint8Array;
  /** The tensors in the order of their data. */
  order: [name: string, tensor: T, bytes: number][];
}

const wrong = (expected: string, got: string) =>
  new SafetensorsError(`writeSafetensors: expected ${expected}, got ${got}`);

/** Half a surrogate pair, which has no encoding in UTF-8. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Lays out a file: wide elements first, so that each tensor is aligned to its element size, and otherwise in the given order.
 *
 * @throws SafetensorsError when a name, a shape or the metadata cannot be written
 */
export const layOut = <T extends TensorType>(
  tensors: Iterable<readonly [string, T]>,
  metadata: Readonly<Record<string, string>> = {},
): Layout<T> => {
  const names = new Set<string>();
  const order = Array.from(tensors, ([name, tensor]): [string, T, number] => {
    if (names.has(name)) throw wrong("each name once", `"${name}" twice`);
    if (name === "__metadata__") throw wrong("tensors' names", '"__metadata__", which the format keeps');
    if (loneSurrogate.test(name)) throw wrong("names of whole characters", JSON.stringify(name));
    names.add(name);
    return [name, tensor, checkedBytes(name, tensor)];
  });
  const width = ({ dtype }: T) => arrays[dtype].BYTES_PER_ELEMENT;
  order.sort(([, a], [, b]) => width(b) - width(a));

  let end = 0;
  const entries = order.map(([name, { dtype, shape }, bytes]) => {
    const begin = end;
    end += bytes;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  if (!Number.isSafeInteger(end)) throw wrong("less than 2^53 bytes of data", `${end}`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw wrong(`metadata "${key}" to be a string`, typeof value);
    if (loneSurrogate.test(key + value)) throw wrong("metadata of whole characters", JSON.stringify(key));
  }
  const first = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  return { head: headOf(JSON.stringify(Object.fromEntries([...first, ...entries]))), order };
};

const checkedBytes = (name: string, { dtype, shape }: TensorType): number => {
  if (!isDtype(dtype))
    throw wrong(`"${name}" to have a dtype of the format`, JSON.stringify(dtype) ?? "none");
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw wrong(`"${name}" to have a shape of whole numbers from 0 up`, `[${shape}]`);
  }
  const bytes = byteLength({ dtype, shape });
  if (bytes === undefined) throw wrong(`"${name}" to have less than 2^53 bytes`, `${dtype} of [${shape}]`);
  return bytes;
};

const headOf = (json: string): Uint8Array => {
  const text = new TextEncoder().encode(json);
  const excess = findExcess(text);
  if (excess) throw wrong(...excess);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER) throw wrong(`a header of at most ${MAX_HEADER} bytes`, `${length}`);
  const head = new Uint8Array(PREFIX + length).fill(0x20, PREFIX);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(text, PREFIX);
  return head;
};

/**
 * The bytes of a tensor's data.
 *
 * @throws SafetensorsError when `data` does not fit the dtype and shape
 */
export const dataBytes = (
  name: string,
  { dtype }: TensorType,
  data: ArrayBufferView,
  bytes: number,
): Uint8Array => {
  if (!(data instanceof arrays[dtype]) || data.byteLength !== bytes) {
    const { BYTES_PER_ELEMENT: width } = arrays[dtype];
    throw wrong(
      `"${name}" to have ${bytes / width} elements in a ${arrays[dtype].name}`,
      `${data.constructor.name} of ${data.byteLength} bytes`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};
