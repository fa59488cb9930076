// The IDX format of MNIST and its kin: two zero bytes, a type, a number of dimensions, big-endian sizes, then the values.
import { DatasetError } from "../dataset-error.js";

/** What an IDX file holds. */
export interface IdxArray {
  /** Its sizes, outermost first: [60000, 28, 28]. */
  shape: readonly number[];
  /** The values, row-major: a view of the bytes given, not a copy. */
  values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const hex = (word: number) => `0x${word.toString(16).padStart(8, "0")}`;

/**
 * Reads an IDX file of unsigned bytes (type 0x08, all that MNIST-like data sets use).
 *
 * @param bytes the whole uncompressed file
 * @param name what to call it in an error
 * @throws DatasetError `damaged` when the header is not IDX's or the number of bytes is not the header's
 */
export const parseIdx = (bytes: Uint8Array, name: string): IdxArray => {
  const damaged = (expected: string, got: string) =>
    new DatasetError("damaged", `${name}: expected ${expected}, got ${got}`);
  if (bytes.length < 4) throw damaged("an IDX header of 4 bytes or more", `${bytes.length} bytes`);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const rank = magic & 0xff;
  if (magic >>> 8 !== UNSIGNED_BYTE || rank === 0) {
    throw damaged("the magic number of an IDX file of bytes (0x00000801 to 0x000008ff)", hex(magic));
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw damaged(`an IDX header of ${header} bytes (${rank} dimensions)`, `${bytes.length} bytes`);
  }

  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (shape.includes(0)) throw damaged("sizes of 1 or more", shape.join("x"));
  // A product of floats cannot wrap round to a small number, whatever the header claims.
  const length = header + shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== length) {
    const how = bytes.length < length ? "truncated" : "too long";
    throw damaged(`${length} bytes (its header says ${shape.join("x")})`, `${bytes.length} (${how})`);
  }
  // A plain Uint8Array even of a Node Buffer, whose slice() would share memory where an array's copies.
  return { shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + header, bytes.length - header) };
};

/**
 * The header of an IDX file of unsigned bytes; the values follow it, row-major.
 *
 * @param shape sizes of the array, outermost first
 * @throws DatasetError `option` when a size is no whole number from 1 to 2^32 - 1
 */
export const idxHeader = (shape: readonly number[]): Uint8Array => {
  if (shape.length === 0 || shape.length > 255 || shape.some((size) => size < 1 || size >>> 0 !== size))
    throw new DatasetError(
      "option",
      `idxHeader: expected 1 to 255 whole sizes from 1 to 2^32 - 1, got [${shape.join(", ")}]`,
    );
  const header = new Uint8Array(4 + 4 * shape.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, (UNSIGNED_BYTE << 8) | shape.length);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  return header;
};
