// One folder that may hold the IDX files, plain or gzipped: what is intact, what is damaged, what is missing.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DatasetError } from "./dataset-error.js";
import { type Contents, type FashionMnistFile, verified } from "./fashion-mnist-files.js";

/** gzip adds at most a few bytes per 32 kB to what it cannot compress. */
export const mostCompressed = (file: FashionMnistFile): number => file.bytes + 65_536;

/** What a folder holds: never all or nothing, because a cache may have been filled half. */
export interface Folder {
  /** The files that are there and intact. */
  contents: Contents;
  /** One sentence per file that is there and damaged; it was not used. */
  damaged: string[];
  /** Names of files that are not there, neither plain nor with `.gz`. */
  missing: string[];
  /** Why the folder itself cannot be read. */
  reason?: string;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

const gunzipAsync = promisify(gunzip);

/** Decompresses, but never to more than the file should have: a damaged or hostile file must not fill the memory. */
export const unzip = async (bytes: Uint8Array, file: FashionMnistFile, path: string): Promise<Uint8Array> => {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: file.bytes });
  } catch (cause) {
    const got =
      codeOf(cause) === "ERR_BUFFER_TOO_LARGE" ? "more" : `a damaged file (${(cause as Error).message})`;
    throw new DatasetError("damaged", `${path}: expected gzip of ${file.bytes} bytes, got ${got}`, { cause });
  }
};

/** The file's values; undefined when there is no such file. */
const readOne = async (path: string, file: FashionMnistFile): Promise<Uint8Array | undefined> => {
  const zipped = path.endsWith(".gz");
  let bytes: Uint8Array;
  try {
    const stats = await stat(path);
    // A pipe or a device may never end.
    if (!stats.isFile())
      throw new DatasetError(
        "damaged",
        `${path}: expected a file, got ${stats.isDirectory() ? "a folder" : "a device or a pipe"}`,
      );
    const { size } = stats;
    const most = zipped ? mostCompressed(file) : file.bytes;
    if (size > most)
      throw new DatasetError("damaged", `${path}: expected ${most} bytes at most, got ${size}`);
    bytes = await readFile(path);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError("damaged", `${path}: expected a readable file, got ${codeOf(cause)}`, { cause });
  }
  return verified(zipped ? await unzip(bytes, file, path) : bytes, file, path);
};

/** Looks for each file, plain first, then with `.gz`. Nothing in the folder is changed, whatever state it is in. */
export const readFolder = async (folder: string, files: readonly FashionMnistFile[]): Promise<Folder> => {
  const kind = await stat(folder).catch(codeOf);
  if (typeof kind === "string" || !kind.isDirectory()) {
    const unreadable = typeof kind === "string" ? `cannot be read (${kind})` : "not a folder";
    const reason = kind === "ENOENT" ? "no such folder" : unreadable;
    return { contents: new Map(), damaged: [], missing: files.map(({ name }) => name), reason };
  }
  const found = await Promise.all(files.map((file) => readEither(folder, file)));
  const contents: Contents = new Map();
  const missing: string[] = [];
  for (const [i, { values, damaged }] of found.entries()) {
    if (values) contents.set(files[i]!.name, values);
    else if (damaged.length === 0) missing.push(files[i]!.name);
  }
  return { contents, damaged: found.flatMap(({ damaged }) => damaged), missing };
};

const readEither = async (folder: string, file: FashionMnistFile) => {
  const damaged: string[] = [];
  for (const name of [file.name, `${file.name}.gz`]) {
    try {
      const values = await readOne(join(folder, name), file);
      if (values) return { values, damaged };
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      damaged.push(error.message);
    }
  }
  return { values: undefined, damaged };
};

/** Why the folder cannot be used, in a few words. */
export const describeFolder = ({ contents, damaged, missing, reason }: Folder): string => {
  if (reason) return reason;
  if (contents.size === 0 && damaged.length === 0) return "none of the four files is there";
  return [...damaged, ...missing.map((name) => `${name}[.gz] is missing`)].join("; ");
};
