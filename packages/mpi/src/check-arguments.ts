// Checks the arrays passed to a collective before the library reads them.
// This file imports nothing, so that a single process can check arguments without loading native code.

const kindOf = (value: unknown): string =>
  ArrayBuffer.isView(value) ? value.constructor.name : value === null ? "null" : typeof value;

/** Whether the memory could shrink while the library uses it: `new ArrayBuffer(8, { maxByteLength: 16 })`. */
const isResizable = ({ buffer }: ArrayBufferView): boolean =>
  (buffer as { resizable?: boolean }).resizable === true;

const checkMemory = (where: string, ...arrays: ArrayBufferView[]): void => {
  if (arrays.some(isResizable))
    throw new TypeError(
      `${where}: expected memory of a fixed size, got an array of a resizable ArrayBuffer; pass a copy`,
    );
};

export const checkExchange = (size: number, values: unknown, received: unknown): void => {
  const where = "mpi.exchange";
  if (!(values instanceof Float32Array && received instanceof Float32Array))
    throw new TypeError(
      `${where}: expected two Float32Arrays, got ${kindOf(values)} and ${kindOf(received)}`,
    );
  if (values.length !== received.length || values.length % size !== 0)
    throw new RangeError(
      `${where}: expected two arrays of one length, a multiple of ${size} (the number of ranks), got ${values.length} and ${received.length}; pad them with zeros`,
    );
  checkMemory(where, values, received);
};

export const checkGather = (size: number, mine: unknown, all: unknown): void => {
  const where = "mpi.gather";
  if (!(ArrayBuffer.isView(mine) && ArrayBuffer.isView(all)))
    throw new TypeError(`${where}: expected two typed arrays, got ${kindOf(mine)} and ${kindOf(all)}`);
  if (all.byteLength !== size * mine.byteLength)
    throw new RangeError(
      `${where}: expected ${size * mine.byteLength} bytes for what ${size} ranks give, ${mine.byteLength} each, got ${all.byteLength}`,
    );
  checkMemory(where, mine, all);
};

export const checkBroadcast = (bytes: unknown): void => {
  const where = "mpi.broadcast";
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`${where}: expected a Uint8Array, got ${kindOf(bytes)}`);
  checkMemory(where, bytes);
};

export const checkExitCode = (code: number): void => {
  if (!(Number.isInteger(code) && code >= 1 && code <= 255))
    throw new RangeError(`mpi.abort: expected an exit code from 1 to 255, got ${code}`);
};

export const checkPatience = (patience: number): void => {
  if (!(patience > 0))
    throw new RangeError(
      `openGroup: expected a patience above 0 ms, got ${patience}; Infinity waits for ever`,
    );
};
