// Loads the pictures of an image folder: hashes its files, decodes them or takes them from the cache, and makes a data set of them.
import { createHash } from "node:crypto";
import { levelCounter } from "../channel-statistics.js";
import type { AnySplit, Dataset, Labels, LoadEvent, StreamedSplit } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import { cacheFolder } from "../find/cache.js";
import { checkEachClass, checkProblems, type HashedExample, warnOfDuplicates } from "./check-pictures.js";
import type { DecodeOptions } from "./decode-picture.js";
import { checkLoad, type FolderLoadOptions, warn } from "./folder-options.js";
import { hashFile } from "./hash-file.js";
import { type DecodeAll, decodeWithoutCache, openImageCache, readImagesAt } from "./image-cache.js";
import { inParallel } from "./in-parallel.js";
import type { Example, FolderLayout } from "./layout.js";
import { openPictureReader, PictureError, type PictureReader, pictureLimits } from "./picture-reader.js";
import { recordPictures } from "./picture-record.js";
import { printable } from "./printable.js";

const count = (n: number): string => n.toLocaleString("en-US");

/** Versions of sharp and of its libraries. It decodes in other processes: this one's own use of it stays as it is. */
const sharpVersions = async (): Promise<object> => {
  try {
    return (await import("sharp")).default.versions;
  } catch (cause) {
    throw new DatasetError(
      "unavailable",
      `imageFolder: expected the package sharp, which decodes pictures, got none (${(cause as Error).message.split("\n")[0]}); install it: npm install sharp`,
      { cause },
    );
  }
};

/** Loads the pictures of a folder that was scanned. @throws DatasetError as `imageFolder` does */
export const loadFolder = async (
  { path, name, layout: { classes, examples } }: { path: string; name: string; layout: FolderLayout },
  options: FolderLoadOptions,
): Promise<Dataset<AnySplit>> => {
  const { onEvent = warn, signal = new AbortController().signal } = options;
  const settings = checkLoad(options);
  const { size, fit, channels, behind, memory } = settings;
  const versions = await sharpVersions();
  const length = size * size * channels;
  const problems = new Map<Example, string>();
  const hashed = await hashAll(examples, problems, { name, signal, onEvent });
  const fits = hashed.length * length <= memory;

  const reader = openPictureReader({
    processes: settings.processes,
    limits: { ...pictureLimits, seconds: settings.seconds },
  });
  const decode = { behind, channels, square: { side: size, fit } };
  let streaming = false;
  try {
    const decodeThem: DecodeAll = (keep) =>
      decodeAll(hashed, { name, reader, decode, keep, signal, onEvent });
    const plan = { count: hashed.length, length, inMemory: fits };
    const key = createHash("sha256")
      .update(JSON.stringify([2, versions, decode, hashed.map(({ sha256, test }) => `${sha256}${+test}`)]))
      .digest("hex");
    const folder = options.cache ?? (await cacheFolder("image-folders"));
    const cache =
      folder &&
      openImageCache(folder, {
        mostBytes: settings.cacheBytes,
        signal,
        warn: (message) => onEvent({ type: "warning", message: `${name}: ${message}` }),
        onWait: () =>
          onEvent({
            type: "progress",
            message: `${name}: waiting for another process that decodes the same images`,
          }),
      });
    const decoded = await (cache ? cache.get(key, plan, decodeThem) : decodeWithoutCache(plan, decodeThem));
    for (const { index, problem } of decoded.bad) problems.set(hashed[index]!, problem);

    checkProblems(path, examples, problems, settings.skipBad);
    const good = hashed.filter((example) => !problems.has(example));
    checkEachClass(path, classes, good);
    warnOfDuplicates(name, good, onEvent);
    const places = [...hashed.keys()].filter((place) => !problems.has(hashed[place]!));
    const images = decoded.images && compact(decoded.images, places, length);
    const splitOf = (test: boolean): AnySplit => {
      const mine = good.filter((example) => example.test === test);
      const first = test ? good.length - mine.length : 0;
      const shape = [mine.length, size, size, channels] as const;
      const labels = labelsOf(mine, classes);
      if (images)
        return { images: images.subarray(first * length, (first + mine.length) * length), labels, shape };
      const { file } = decoded;
      const read =
        file === undefined
          ? readerOf(mine, { reader, decode, length })
          : (indices: readonly number[]) =>
              readImagesAt(
                file,
                indices.map((index) => places[first + index]!),
                length,
              );
      return { labels, shape, read };
    };
    streaming = !images && decoded.file === undefined;
    const { mean, std } = decoded;
    return {
      name,
      classes,
      shape: [size, size, channels],
      mean,
      // An image of one colour alone has none, and nothing may be divided by 0.
      std: std.map((value) => value || 1),
      source: path,
      sha256: hashOfDataset({ fit, channels, behind, classes }, good),
      pictures: recordPictures(path, classes, good),
      folder: { path, behind, ...(problems.size > 0 && { leftOut: problems.size }) },
      train: splitOf(false),
      test: splitOf(true),
    };
  } finally {
    if (!streaming) reader.close();
  }
};

/** The training images of a folder, of which none is read before it is asked for. */
export const trainingImages = async (
  { classes, examples }: FolderLayout,
  options: FolderLoadOptions,
): Promise<StreamedSplit> => {
  const { size, fit, channels, behind, processes, seconds } = checkLoad(options);
  await sharpVersions();
  const reader = openPictureReader({ processes, limits: { ...pictureLimits, seconds } });
  const decode = { behind, channels, square: { side: size, fit } };
  const length = size * size * channels;
  const mine = examples.filter(({ test }) => !test);
  return {
    labels: labelsOf(mine, classes),
    shape: [mine.length, size, size, channels],
    read: async (indices) => {
      const images = new Uint8Array(indices.length * length);
      await inParallel(indices, 16, async (index, i) => {
        const { path, problem } = mine[index]!;
        const levels = problem === undefined ? await levelsOf(path, reader, decode) : problem;
        if (typeof levels === "string")
          throw new DatasetError(
            "damaged",
            `${printable(path)}: expected a picture, got ${levels}; remove or replace it`,
          );
        images.set(levels, i * length);
      });
      return images;
    },
  };
};

/** The levels of a picture, or why it is none. */
const levelsOf = async (
  path: string,
  reader: PictureReader,
  decode: DecodeOptions,
): Promise<Uint8Array | string> => {
  try {
    return (await readPicture(path, reader, decode)).levels;
  } catch (error) {
    if (error instanceof PictureError) return error.message;
    throw error;
  }
};

const labelsOf = (examples: readonly Example[], classes: readonly string[]): Labels =>
  new (classes.length > 256 ? Uint16Array : Uint8Array)(examples.map(({ label }) => label));

/** What happens while files are read. */
interface Reading {
  name: string;
  signal: AbortSignal;
  onEvent: (event: LoadEvent) => void;
}

/** Says how many of all files are done, for each 32nd. */
const progressOf = (words: string, all: number, onEvent: Reading["onEvent"]) => {
  let done = 0;
  return () => {
    done++;
    if (done % 32 === 0)
      onEvent({ type: "progress", message: `${words}: ${count(done)} of ${count(all)} files` });
  };
};

const hashAll = async (
  examples: readonly Example[],
  problems: Map<Example, string>,
  { name, signal, onEvent }: Reading,
): Promise<HashedExample[]> => {
  const hashes = new Map<Example, string>();
  const progress = progressOf(`reading ${name}`, examples.length, onEvent);
  await inParallel(examples, 8, async (example) => {
    signal.throwIfAborted();
    const found =
      example.problem === undefined
        ? await hashFile(example.path, pictureLimits.mostBytes)
        : { problem: example.problem };
    if ("missing" in found) throw changedMeanwhile(example);
    if ("problem" in found) problems.set(example, found.problem);
    else hashes.set(example, found.sha256);
    progress();
  });
  // The examples themselves, so that a problem that shows later is kept by the same object.
  return examples.flatMap((example) =>
    hashes.has(example) ? [Object.assign(example, { sha256: hashes.get(example)! })] : [],
  );
};

const decodeAll = async (
  examples: readonly HashedExample[],
  {
    name,
    reader,
    decode,
    keep,
    signal,
    onEvent,
  }: Reading & { reader: PictureReader; decode: DecodeOptions; keep: Parameters<DecodeAll>[0] },
): ReturnType<DecodeAll> => {
  const counter = levelCounter(decode.channels);
  const bad = new Map<number, PictureError>();
  const progress = progressOf(`decoding ${name}`, examples.length, onEvent);
  await inParallel(examples, 16, async (example, i) => {
    signal.throwIfAborted();
    try {
      const levels = await readSame(example, reader, decode);
      await keep(levels, i);
      if (!example.test) counter.add(levels);
    } catch (error) {
      if (error instanceof ChangedError) throw changedMeanwhile(example);
      if (!(error instanceof PictureError)) throw error;
      bad.set(i, error);
    }
    progress();
  });
  const problems = [...bad]
    .sort(([a], [b]) => a - b)
    .map(([index, { message }]) => ({ index, problem: message }));
  return {
    decoding: { ...counter.statistics(), bad: problems },
    // A decoder that was too slow once may be fast enough the next time.
    cacheable: [...bad.values()].every(({ transient }) => !transient),
  };
};

/** The images at these places alone, moved together in the same array. */
const compact = (images: Uint8Array, places: readonly number[], length: number): Uint8Array => {
  for (const [i, place] of places.entries())
    if (i !== place) images.copyWithin(i * length, place * length, (place + 1) * length);
  return images.subarray(0, places.length * length);
};

/** A file is not what it was when its hash was taken. */
class ChangedError extends Error {
  override readonly name = "ChangedError";
}

/** Never left out as a file that is no picture is: it was one, and the run would be recorded with other images than it has. */
const changedMeanwhile = ({ path }: Example): DatasetError =>
  new DatasetError(
    "damaged",
    `${printable(path)}: expected a file that stays as it is while the folder is read, got one that was changed or removed; start again when nothing writes to the folder`,
  );

/**
 * The levels of a picture that is still what it was when its hash was taken.
 *
 * @throws ChangedError when it is not
 */
const readSame = async (
  { path, sha256 }: HashedExample,
  reader: PictureReader,
  decode: DecodeOptions,
): Promise<Uint8Array> => {
  const picture = await readPicture(path, reader, decode).catch(async (error: PictureError) => {
    // Whether it is no picture, or is none any more.
    const found = await hashFile(path, pictureLimits.mostBytes);
    if ("sha256" in found && found.sha256 === sha256) throw error;
    throw new ChangedError("missing" in found ? "no such file" : "a file that was changed since");
  });
  if (picture.sha256 === sha256) return picture.levels;
  throw new ChangedError("a file that was changed since");
};

const readPicture = (path: string, reader: PictureReader, decode: DecodeOptions) =>
  reader.read(path, decode).catch((error: PictureError) => {
    // Another attempt for a decoder that a busy machine, or the picture before, made fail.
    if (error.transient) return reader.read(path, decode);
    throw error;
  });

/** Reads the images of a split when they are needed. */
const readerOf =
  (
    examples: readonly HashedExample[],
    { reader, decode, length }: { reader: PictureReader; decode: DecodeOptions; length: number },
  ) =>
  async (indices: readonly number[]): Promise<Uint8Array> => {
    const images = new Uint8Array(indices.length * length);
    await Promise.all(
      indices.map(async (index, i) => {
        const example = examples[index]!;
        try {
          images.set(await readSame(example, reader, decode), i * length);
        } catch (cause) {
          throw new DatasetError(
            "damaged",
            `${printable(example.path)}: expected the picture that was there at the start, got ${(cause as Error).message}; put it back, and go on with the run`,
            { cause },
          );
        }
      }),
    );
    return images;
  };

/**
 * Hash of what the images are made from: contents, labels, split and settings. The size is not part of it, because nets that see the same pictures
 * at different sizes are compared with each other.
 */
const hashOfDataset = (settings: object, examples: readonly HashedExample[]): string => {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const { test, label, sha256 } of examples)
    hash.update(`\n${test ? "test" : "train"} ${label} ${sha256}`);
  return hash.digest("hex");
};
