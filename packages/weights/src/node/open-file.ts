// Opens ordinary files only: opening a pipe would wait for a writer, and a device may have no end.
import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Opens a file for reading.
 *
 * @throws Error naming the path when it is a folder, a pipe or a device; the system's error when it cannot be opened
 */
export const openFile = async (path: string): Promise<FileHandle> => {
  // O_NONBLOCK: opening a pipe would otherwise wait for its writer. Windows has no such flag.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (stats.isFile()) return file;
    throw new Error(`${kindOf(stats)} where a file should be at ${path}; choose another name or move it`);
  } catch (error) {
    await file.close();
    throw error;
  }
};

/**
 * The text of a file in UTF-8.
 *
 * @throws what `openFile` throws; the system's error when it cannot be read
 */
export const readText = async (path: string): Promise<string> => {
  const file = await openFile(path);
  try {
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
};

const kindOf = (stats: Stats): string => (stats.isDirectory() ? "a folder" : "a pipe or a device");
