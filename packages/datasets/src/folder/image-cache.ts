// The cache of decoded images: raw bytes in the user's cache folder, found by what they were made from and checked when read.
import { createHash } from "node:crypto";
import { open as openDescriptor, read as readDescriptor } from "node:fs";
import {
  type FileHandle,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import lockfile from "proper-lockfile";
import type { ChannelStatistics } from "../channel-statistics.js";
import { lockFolder } from "../find/cache.js";

/** The result of decoding the files of a folder. */
interface Decoding extends ChannelStatistics {
  /** Files that are no pictures, by their index among the files that were decoded. */
  bad: { index: number; problem: string }[];
}

/** The decoded images: each file has its place, those that are no pictures too. */
export interface Decoded extends Decoding {
  /** All images, where they were wanted in memory. */
  images?: Uint8Array;
  /** Descriptor of an open file of all images, where they were not and there is room for it. */
  file?: number;
}

/** The images that there are, and where they are wanted. */
export interface ImagePlan {
  count: number;
  /** Bytes of an image. */
  length: number;
  inMemory: boolean;
}

/** Decodes all files and hands over each image. */
export type DecodeAll = (
  keep: (levels: Uint8Array, index: number) => void | Promise<void>,
) => Promise<{ decoding: Decoding; cacheable: boolean }>;

interface Kept extends Decoding {
  images: { bytes: number; sha256: string };
}

/** An entry as it is written: with the hash of its own text, because a wrong digit in a mean would change a training without a word. */
interface WrittenEntry {
  kept: Kept;
  sha256: string;
}

const hashOfEntry = (kept: Kept): string => createHash("sha256").update(JSON.stringify(kept)).digest("hex");

const ENTRY = "entry.json";
const IMAGES = "images.bin";
const isTemporary = (name: string) => name.endsWith(".tmp");

/** Milliseconds after which a lock that its owner has not touched belongs to a process that was killed. */
const stale = 15_000;
/** Milliseconds after which a folder without an entry, and without an owner, is what a killed process left. */
const abandoned = 3_600_000;

/** Reads and writes take pieces of this size: one call has a limit of 2 GiB. */
const pieceBytes = 4 * 2 ** 20;

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const hashOf = (bytes: Uint8Array): string => {
  const hash = createHash("sha256");
  for (const piece of pieces(bytes)) hash.update(piece);
  return hash.digest("hex");
};

/** Decodes without a cache. */
export const decodeWithoutCache = async (
  { count, length, inMemory }: ImagePlan,
  decode: DecodeAll,
): Promise<Decoded & { cacheable: boolean }> => {
  const images = inMemory ? new Uint8Array(count * length) : undefined;
  const { decoding, cacheable } = await decode((levels, index) => images?.set(levels, index * length));
  return { ...decoding, cacheable, ...(images && { images }) };
};

export interface ImageCache {
  /**
   * What was kept under a key, or what `decode` gives, which is then kept. Of several processes one decodes and the others wait for it.
   *
   * @param key hash of all that decides the images
   */
  get(key: string, plan: ImagePlan, decode: DecodeAll): Promise<Decoded>;
}

/**
 * A cache in a folder, which is made when it is needed.
 *
 * @param mostBytes of all that it keeps; what was used the longest time ago is removed first
 */
export const openImageCache = (
  folder: string,
  {
    mostBytes,
    signal,
    warn,
    onWait,
  }: {
    mostBytes: number;
    signal: AbortSignal;
    warn: (message: string) => void;
    onWait: () => void;
  },
): ImageCache => ({
  get: async (key, plan, decode) => {
    const own = join(folder, key);
    const found = await readEntry(own, plan);
    if (found) return found;
    let lock: Awaited<ReturnType<typeof lockFolder>> | undefined;
    try {
      lock = await lockFolder(own, signal, stale, onWait);
    } catch (error) {
      signal.throwIfAborted();
      warn(`the decoded images are not kept: expected a folder that can be written, got ${error}`);
    }
    try {
      const meanwhile = lock && (await readEntry(own, plan));
      if (meanwhile) return meanwhile;
      if (!lock || plan.count * plan.length > mostBytes) return await decodeWithoutCache(plan, decode);
      await removeTemporary(own);
      const decoded = await (plan.inMemory ? decodeThenWrite : decodeIntoFile)(own, plan, decode, (error) => {
        warn(`the decoded images are not kept: ${error}`);
      });
      await prune(folder, key, mostBytes).catch(() => {});
      return decoded;
    } finally {
      await lock?.release();
    }
  },
});

/** What is done by one who has the lock of an entry's folder. */
type Fill = (
  own: string,
  plan: ImagePlan,
  decode: DecodeAll,
  failed: (error: unknown) => void,
) => Promise<Decoded>;

const temporaryImages = (own: string): string => join(own, `${IMAGES}.${process.pid}.tmp`);

const decodeThenWrite: Fill = async (own, plan, decode, failed) => {
  const { cacheable, ...decoded } = await decodeWithoutCache(plan, decode);
  const { images, ...decoding } = decoded;
  if (!cacheable) return decoded;
  try {
    const file = await open(temporaryImages(own), "w");
    try {
      for (const piece of pieces(images!)) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await writeEntry(own, decoding, { bytes: images!.length, sha256: hashOf(images!) });
  } catch (error) {
    failed(error);
    // On a full disk every byte counts.
    await removeTemporary(own).catch(() => {});
  }
  return decoded;
};

/** Writes each image to its place, because all together do not fit in memory. */
const decodeIntoFile: Fill = async (own, plan, decode, failed) => {
  const path = temporaryImages(own);
  const { count, length } = plan;
  let file: FileHandle | undefined;
  const giveUp = async (error?: unknown) => {
    // Several images are written at a time: the first that fails says so for all of them.
    const opened = file;
    file = undefined;
    if (error !== undefined && opened) failed(error);
    await opened?.close().catch(() => {});
    await rm(path, { force: true }).catch(() => {});
  };
  try {
    file = await open(path, "w+");
    // Places of files that are no pictures stay empty.
    await file.truncate(count * length);
  } catch (error) {
    failed(error);
  }
  try {
    const { decoding, cacheable } = await decode(async (levels, index) => {
      await file?.write(levels, 0, length, index * length).catch(giveUp);
    });
    if (!file || !cacheable) {
      await giveUp();
      return decoding;
    }
    await file.sync();
    const sha256 = await hashOfFile(file, count * length);
    await file.close();
    await writeEntry(own, decoding, { bytes: count * length, sha256 });
    return { ...decoding, file: await openForReading(join(own, IMAGES), "r") };
  } catch (error) {
    await giveUp();
    throw error;
  }
};

/** A plain descriptor, because Node closes unreferenced file handles with a warning. */
const openForReading = promisify(openDescriptor);
const readPiece = promisify(readDescriptor);

/** The images at some places of a file. */
export const readImagesAt = async (
  file: number,
  places: readonly number[],
  length: number,
): Promise<Uint8Array> => {
  const images = new Uint8Array(places.length * length);
  await Promise.all(
    places.map(async (place, i) => {
      const { bytesRead } = await readPiece(file, images, i * length, length, place * length);
      if (bytesRead !== length)
        throw new Error("the cache of decoded images was cut while it was read; start again");
    }),
  );
  return images;
};

/** Undefined if the entry does not exist or its bytes were changed. */
const readEntry = async (
  own: string,
  { count, length, inMemory }: ImagePlan,
): Promise<Decoded | undefined> => {
  const path = join(own, ENTRY);
  try {
    const { kept, sha256 }: WrittenEntry = JSON.parse(await readFile(path, "utf8"));
    if (hashOfEntry(kept) !== sha256) return undefined;
    const { images, ...decoding } = kept;
    if (images.bytes !== count * length) return undefined;
    const found = await readImages(join(own, IMAGES), images, inMemory);
    if (!found) return undefined;
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return { ...decoding, ...found };
  } catch {
    return undefined;
  }
};

const readImages = async (
  path: string,
  { bytes, sha256 }: Kept["images"],
  inMemory: boolean,
): Promise<Pick<Decoded, "images" | "file"> | undefined> => {
  const file = await open(path, "r");
  try {
    if ((await file.stat()).size !== bytes) return undefined;
    const images = inMemory ? new Uint8Array(bytes) : undefined;
    if ((await hashOfFile(file, bytes, images)) !== sha256) return undefined;
    // The name still stands for this very file: entries are replaced under the lock alone, and by the same bytes.
    return images ? { images } : { file: await openForReading(path, "r") };
  } finally {
    await file.close();
  }
};

/** SHA-256 of a file's bytes, which are also put into an array that has room for them. */
const hashOfFile = async (file: FileHandle, bytes: number, into?: Uint8Array): Promise<string> => {
  const hash = createHash("sha256");
  const buffer = into ? undefined : new Uint8Array(Math.min(pieceBytes, bytes));
  for (let at = 0; at < bytes; ) {
    const wanted = Math.min(pieceBytes, bytes - at);
    const piece = into ? into.subarray(at, at + wanted) : buffer!.subarray(0, wanted);
    const { bytesRead } = await file.read(piece, 0, wanted, at);
    if (bytesRead === 0) throw new Error("a file that is shorter than it was");
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest("hex");
};

/** The entry is written last, so that readers of the entry find the images. */
const writeEntry = async (own: string, decoding: Decoding, images: Kept["images"]): Promise<void> => {
  await rename(temporaryImages(own), join(own, IMAGES));
  const kept: Kept = { ...decoding, images };
  const temporary = join(own, `${ENTRY}.${process.pid}.tmp`);
  await writeFile(temporary, JSON.stringify({ kept, sha256: hashOfEntry(kept) } satisfies WrittenEntry));
  await rename(temporary, join(own, ENTRY));
};

/** Removes what a process left that was killed while it wrote. */
const removeTemporary = async (own: string): Promise<void> => {
  for (const name of await readdir(own)) if (isTemporary(name)) await rm(join(own, name), { force: true });
};

/** Removes what was used the longest time ago until the rest is small enough; never `key`, nor what another process is filling. */
const prune = async (folder: string, key: string, mostBytes: number): Promise<void> => {
  const entries = [];
  for (const name of await readdir(folder)) {
    const own = join(folder, name);
    const [bytes, used, whole] = await Promise.all([
      sizeOf(own),
      stat(join(own, ENTRY)).catch(() => stat(own).catch(() => undefined)),
      stat(join(own, ENTRY)).then(
        () => true,
        () => false,
      ),
    ]);
    entries.push({ name, own, bytes, used: used?.mtimeMs ?? 0, whole });
  }
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, own, bytes, used, whole } of entries.sort((a, b) => a.used - b.used)) {
    const isLeftOver = !whole && Date.now() - used > abandoned;
    if (name === key || (total <= mostBytes && !isLeftOver)) continue;
    const locked = await lockfile.check(own, { lockfilePath: join(own, ".lock"), stale }).catch(() => false);
    if (locked) continue;
    await rm(own, { recursive: true, force: true }).catch(() => {});
    total -= bytes;
  }
};

const sizeOf = async (own: string): Promise<number> => {
  const names = await readdir(own).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(own, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};
