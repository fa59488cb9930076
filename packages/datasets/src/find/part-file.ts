// A download in progress: in memory, and as far as the disk allows in a `.part` file from which the next start goes on.
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";

export interface Part {
  /** Bytes so far. */
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Forgets everything received. */
  reset(): Promise<void>;
  bytes(): Uint8Array;
  /** Gives the file on disk its final name, all at once. */
  keep(path: string): Promise<void>;
  close(): Promise<void>;
  /** Why it is in memory only. */
  readonly problem: string | undefined;
}

/**
 * Opens a download, at the point an earlier process left it if there is one.
 *
 * @param path of the `.part` file; undefined for memory only
 */
export const openPart = async (path: string | undefined): Promise<Part> => {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let handle: FileHandle | undefined;
  let problem: string | undefined;

  /** A disk that is full or read-only costs the copy on disk, not the data. */
  const onDisk = async (write: (handle: FileHandle) => Promise<unknown>) => {
    if (!handle) return;
    try {
      await write(handle);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      await close();
    }
  };
  const close = async () => {
    const closing = handle;
    handle = undefined;
    await closing?.close().catch(() => {});
  };

  if (path) {
    try {
      // Not for appending only: Windows would not let such a file be emptied again.
      handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      await handle.chmod(0o600);
      const before = await handle.readFile();
      if (before.length > 0) chunks.push(before);
      size = before.length;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      await close();
    }
  }

  return {
    get size() {
      return size;
    },
    get problem() {
      return problem;
    },
    append: async (chunk) => {
      await onDisk(async (file) => {
        const { bytesWritten } = await file.write(chunk, 0, chunk.length, size);
        if (bytesWritten < chunk.length) throw new Error("no space left on the disk");
      });
      chunks.push(chunk);
      size += chunk.length;
    },
    reset: async () => {
      chunks = [];
      size = 0;
      await onDisk((file) => file.truncate(0));
    },
    bytes: () => {
      const all = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
      }
      // One copy is enough: an archive may be half a gigabyte.
      chunks = [all];
      return all;
    },
    keep: async (final) => {
      await onDisk(async (file) => {
        await file.sync();
        await file.close();
        await rename(path!, final);
      });
      handle = undefined;
    },
    close: async () => {
      await close();
      // Nothing worth going on from.
      if (path && size === 0) await rm(path, { force: true }).catch(() => {});
    },
  };
};
