// One folder that may hold a data set, in any of its forms: what is intact, what is damaged, what is missing.
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DatasetError } from "../dataset-error.js";
import type { Archive, DataFile, Form } from "../sets/data-set.js";
import { mostCompressed, unpack, unzip } from "./unpack.js";
import { type Contents, hasChecksum, verified, verifiedArchive } from "./verify-file.js";

/** What a folder holds: never all or nothing, because a cache may have been filled half. */
export interface Folder {
  /** The form that is there, or the one of which most is. */
  form: Form;
  /** The files that are there and intact. */
  contents: Contents;
  /** One sentence per file that is there and damaged; it was not used. */
  damaged: string[];
  /** One sentence per file that is used although nothing shows that it is the right one. */
  unverified: string[];
  /** Names of what is not there: of an archive, or of files, each neither plain nor with `.gz`. */
  missing: string[];
  /** Why the folder itself cannot be read. */
  reason?: string;
}

/** Whether a folder has all files of a form. */
export const isComplete = ({ form, contents }: Pick<Folder, "form" | "contents">): boolean =>
  contents.size === form.files.length;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

/**
 * The bytes of a file on disk; undefined when there is none.
 *
 * @param maybe whether a folder there is another thing of that name and no fault
 * @throws DatasetError `damaged` when it is longer than that or cannot be read
 */
const readAtMost = async (path: string, most: number, maybe: boolean): Promise<Uint8Array | undefined> => {
  try {
    const stats = await stat(path);
    if (maybe && stats.isDirectory()) return undefined;
    // A pipe or a device may never end.
    if (!stats.isFile())
      throw new DatasetError(
        "damaged",
        `${path}: expected a file, got ${stats.isDirectory() ? "a folder" : "a device or a pipe"}`,
      );
    const { size } = stats;
    if (size > most)
      throw new DatasetError("damaged", `${path}: expected ${most} bytes at most, got ${size}`);
    return await readFile(path);
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(cause))) return undefined;
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError("damaged", `${path}: expected a readable file, got ${codeOf(cause)}`, { cause });
  }
};

interface Found {
  contents: Contents;
  damaged: string[];
  unverified: string[];
}

/** Reads the first of several paths that has an intact file; what is wrong with the others is kept. */
const readFirst = async (
  paths: readonly string[],
  read: (path: string) => Promise<Omit<Found, "damaged"> | undefined>,
): Promise<Found> => {
  const damaged: string[] = [];
  for (const path of paths) {
    try {
      const found = await read(path);
      if (found) return { ...found, damaged };
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      damaged.push(error.message);
    }
  }
  return { contents: new Map(), damaged, unverified: [] };
};

/** Where a file or an archive may lie: under the path that it has in an archive, or under its name alone. */
const placesOf = (folder: string, name: string): string[] => [
  ...new Set([join(folder, name), join(folder, basename(name))]),
];

const readDataFile = (folder: string, file: DataFile): Promise<Found> => {
  const plain = placesOf(folder, file.name);
  const zipped = file.gzip ? placesOf(folder, `${file.name}.gz`) : [];
  return readFirst([...plain, ...zipped], async (path) => {
    const gzip = path.endsWith(".gz");
    const bytes = await readAtMost(
      path,
      gzip ? mostCompressed(file) : file.bytes,
      // "train" of CIFAR-100 may be a folder of pictures, where it is not in the archive's own folder.
      basename(file.name) !== file.name,
    );
    if (!bytes) return undefined;
    const uncompressed = gzip ? await unzip(bytes, file, path) : bytes;
    const values = verified(uncompressed, file, path, gzip ? bytes : undefined);
    const contents: Contents = new Map([[file.name, values]]);
    const sure = hasChecksum(file) || (gzip && file.gzip !== undefined && hasChecksum(file.gzip));
    const unverified = sure
      ? []
      : [`${path}: used by its name and sizes alone, because no checksum of this file is published`];
    return { contents, unverified };
  });
};

const readArchive = (folder: string, archive: Archive, form: Form): Promise<Found> =>
  readFirst(placesOf(folder, archive.name), async (path) => {
    const bytes = await readAtMost(path, archive.bytes, false);
    if (!bytes) return undefined;
    const contents = await unpack(verifiedArchive(bytes, archive, path), archive, form, path);
    return { contents, unverified: [] };
  });

const readForm = async (folder: string, form: Form): Promise<Folder> => {
  const { archive, files } = form;
  const packed = archive && (await readArchive(folder, archive, form));
  if (packed && packed.contents.size > 0) return { form, missing: [], ...packed };
  const found = await Promise.all(files.map((file) => readDataFile(folder, file)));
  const contents: Contents = new Map(found.flatMap((each) => [...each.contents]));
  const damaged = [...(packed?.damaged ?? []), ...found.flatMap((each) => each.damaged)];
  const missing = files.filter((_, i) => found[i]!.contents.size === 0 && found[i]!.damaged.length === 0);
  const packedMissing = archive && packed?.damaged.length === 0 && contents.size === 0;
  return {
    form,
    contents,
    damaged,
    unverified: found.flatMap((each) => each.unverified),
    missing: [
      ...(packedMissing ? [archive.name] : []),
      ...missing.map((file) => (file.gzip ? `${basename(file.name)}[.gz]` : file.name)),
    ],
  };
};

/** Looks for each form in turn, plain files before gzipped ones. Nothing in the folder is changed. */
export const readFolder = async (folder: string, forms: readonly [Form, ...Form[]]): Promise<Folder> => {
  const kind = await stat(folder).catch(codeOf);
  if (typeof kind === "string" || !kind.isDirectory()) {
    const unreadable = typeof kind === "string" ? `cannot be read (${kind})` : "not a folder";
    const reason = kind === "ENOENT" ? "no such folder" : unreadable;
    const [form] = forms;
    const missing = form.files.map(({ name }) => name);
    return { form, contents: new Map(), damaged: [], unverified: [], missing, reason };
  }
  let best: Folder | undefined;
  const damaged: string[] = [];
  for (const form of forms) {
    const found = await readForm(folder, form);
    damaged.push(...found.damaged);
    if (isComplete(found)) return { ...found, damaged };
    const most = best?.contents.size ?? -1;
    if (found.contents.size > most) best = found;
  }
  return { ...best!, damaged };
};

const counts = ["no", "one", "two", "three", "four", "five", "six"];

/** Why the folder cannot be used, in a few words. */
export const describeFolder = ({ form, contents, damaged, missing, reason }: Folder): string => {
  if (reason) return reason;
  if (contents.size === 0 && damaged.length === 0) {
    const archive = form.archive ? `${form.archive.name} is not there, and ` : "";
    return `${archive}none of the ${counts[form.files.length] ?? form.files.length} files is there`;
  }
  return [...damaged, ...missing.map((name) => `${name} is missing`)].join("; ");
};
