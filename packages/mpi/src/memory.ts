// Memory that the MPI library may read and write while JavaScript goes on: it must neither move nor be freed.
import koffi from "koffi";

/** New memory of this many bytes that does not move. */
export const fixedMemory = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(bytes));

/**
 * The bytes of an array, without a copy. A small typed array begins its life on V8's heap, where the garbage collector moves it; to ask for
 * its `buffer` moves it to memory of its own for good.
 */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The address of the first byte of what `fixedMemory` or `bytesOf` gave. Whoever keeps it must keep the array too. */
export const addressOf = (memory: Uint8Array | Int32Array): bigint => koffi.address(memory);

/** Whether two arrays share a byte: MPI does not allow that of what is sent and received. */
export const overlap = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  a.buffer === b.buffer &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength;
