// Writes a safetensors file to disk, one tensor at a time.
import { createHash } from "node:crypto";
import type { Dtype, DtypeArrays, SafeTensor, TensorType } from "../safetensors/dtypes.js";
import { dataBytes, layOut } from "../safetensors/layout.js";
import { writeAtomically, writeWhole } from "./atomic.js";
import { CHECKSUM_KEY, checksumAt, NO_CHECKSUM } from "./checksum.js";

/** A tensor whose data is read just before it is written, so that only one tensor is in memory. */
export type LazyTensor<D extends Dtype = Dtype> = {
  [T in D]: TensorType<T> & { readonly data: () => DtypeArrays[T] | Promise<DtypeArrays[T]> };
}[D];

/** Options of `writeSafetensorsFile`. */
export interface WriteFileOptions {
  /** The file's metadata: `__metadata__`. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** Adds a SHA-256 of the whole file to the metadata, which readers can require. Default false. */
  checksum?: boolean | undefined;
}

/**
 * Writes tensors to `path`, atomically: readers see the old file or the complete new one, even after a crash. Data is ordered by element
 * width, widest first, and otherwise as given.
 *
 * @throws SafetensorsError when a name, a dtype, a shape or the metadata cannot be written; the system's error when the disk refuses
 */
export const writeSafetensorsFile = async (
  path: string,
  tensors: Iterable<readonly [string, SafeTensor | LazyTensor]>,
  { metadata, checksum = false }: WriteFileOptions = {},
): Promise<void> => {
  const notes = checksum ? { ...metadata, [CHECKSUM_KEY]: NO_CHECKSUM } : metadata;
  const { head, order } = layOut(tensors, notes);
  await writeAtomically(path, async (file) => {
    const hash = createHash("sha256");
    const append = async (bytes: Uint8Array) => {
      if (checksum) hash.update(bytes);
      await writeWhole(file, bytes);
    };
    await append(head);
    for (const [name, tensor, bytes] of order) {
      const data = typeof tensor.data === "function" ? await tensor.data() : tensor.data;
      await append(dataBytes(name, tensor, data, bytes));
    }
    if (checksum) await file.write(hash.digest("hex"), checksumAt(head));
  });
};
