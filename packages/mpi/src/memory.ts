// Memory that the MPI library may access while JavaScript runs: it must neither move nor be freed.
import koffi from "koffi";

/** New memory with this many bytes that does not move. */
export const fixedMemory = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(bytes));

/**
 * The bytes of an array, without a copy. A small typed array starts on V8's heap, where the garbage collector may move it; accessing
 * its `buffer` moves it permanently to memory of its own.
 */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The address of the first byte of memory from `fixedMemory` or `bytesOf`. It is valid only while the array is referenced. */
export const addressOf = (memory: Uint8Array | Int32Array): bigint => koffi.address(memory);

/** Whether two arrays share a byte, which MPI forbids for a send and a receive buffer. */
export const overlap = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  a.buffer === b.buffer &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength;
