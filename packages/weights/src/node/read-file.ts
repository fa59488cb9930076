// A safetensors file on disk, read in parts: first the header, then the requested tensors.
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { type SafeTensor, type TensorType, tensorOver } from "../safetensors/dtypes.js";
import { SafetensorsError } from "../safetensors/error.js";
import { headerLength, PREFIX, parseHeader } from "../safetensors/header.js";
import type { Safetensors } from "../safetensors/read.js";
import { CHUNK } from "./atomic.js";
import { CHECKSUM_KEY, checksumAt, NO_CHECKSUM } from "./checksum.js";
import { openFile } from "./open-file.js";

/** An open safetensors file; data is read from the disk on request. */
export interface SafetensorsFile {
  /** The file's metadata: `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Dtype and shape of each tensor, in the header's order. */
  readonly tensors: ReadonlyMap<string, TensorType>;
  /** Reads one tensor's data. */
  read(name: string): Promise<SafeTensor>;
  /** Closes the file; nothing can be read afterwards. */
  close(): Promise<void>;
}

/** Options for reading a file. */
export interface ReadFileOptions {
  /** Requires the checksum that `writeSafetensorsFile` adds, and reads the whole file to verify it. Default false. */
  checksum?: boolean | undefined;
}

/**
 * Opens a safetensors file and reads its header. Close it after use.
 *
 * @throws SafetensorsError when the file breaks a rule of the format or its checksum; the system's error when it cannot be read
 */
export const openSafetensors = async (
  path: string,
  { checksum = false }: ReadFileOptions = {},
): Promise<SafetensorsFile> => {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const prefix = await readRange(file, 0, Math.min(size, PREFIX), path);
    const start = PREFIX + headerLength(prefix, size, path);
    const head = await readRange(file, 0, start, path);
    const { metadata, tensors } = parseHeader(head.subarray(PREFIX), size - start, path);
    if (checksum) await verify(file, head, size, metadata[CHECKSUM_KEY], path);
    return {
      metadata,
      tensors,
      async read(name) {
        const info = tensors.get(name);
        if (!info) {
          const names = [...tensors.keys()].slice(0, 10).join(", ");
          throw new SafetensorsError(`${path}: expected one of its tensors (${names}), got "${name}"`);
        }
        const bytes = await readRange(file, start + info.begin, info.end - info.begin, path);
        return tensorOver(info, bytes.buffer);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};

/**
 * Reads a whole safetensors file.
 *
 * @throws SafetensorsError when the file breaks a rule of the format or its checksum; the system's error when it cannot be read
 */
export const readSafetensorsFile = async (path: string, options?: ReadFileOptions): Promise<Safetensors> => {
  const file = await openSafetensors(path, options);
  try {
    const tensors = new Map<string, SafeTensor>();
    for (const name of file.tensors.keys()) tensors.set(name, await file.read(name));
    return { metadata: file.metadata, tensors };
  } finally {
    await file.close();
  }
};

const readRange = async (file: FileHandle, at: number, length: number, path: string) => {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(CHUNK, length - done), at + done);
    if (bytesRead === 0) {
      throw new SafetensorsError(
        `${path}: expected ${length} bytes at ${at}, got ${done}; the file was cut meanwhile`,
      );
    }
    done += bytesRead;
  }
  return bytes;
};

const verify = async (
  file: FileHandle,
  head: Uint8Array,
  size: number,
  noted: string | undefined,
  path: string,
) => {
  const at = checksumAt(head);
  if (at < 0 || noted === undefined) {
    throw new SafetensorsError(
      `${path}: expected a checksum in its metadata (${CHECKSUM_KEY}), got none; the file is damaged or was written without one`,
    );
  }
  const zeroed = head.slice();
  zeroed.set(new TextEncoder().encode(NO_CHECKSUM), at);
  const hash = createHash("sha256").update(zeroed.subarray(0, head.length));
  for (let done = head.length; done < size; done += CHUNK) {
    hash.update(await readRange(file, done, Math.min(CHUNK, size - done), path));
  }
  const found = hash.digest("hex");
  if (found !== noted) {
    throw new SafetensorsError(
      `${path}: expected SHA-256 ${noted}, got ${found}; the file changed after it was written: use another copy`,
    );
  }
};
