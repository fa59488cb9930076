// What `loader()` accepts, and what it says about the rest.
import { checkAugment } from "./augment/check.js";
import type { Augmentation } from "./augment/operations.js";
import type { AnySplit } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";

/** How batches are made of a split. */
export interface LoaderOptions {
  /** Images in a batch; the last one of an epoch may have fewer. */
  batchSize: number;
  /** Side of the square that images are resized to, or [height, width]; in pixels. Default: as they are. */
  resize?: number | readonly [number, number] | undefined;
  /** Another order each epoch. Default false: the split's order. */
  shuffle?: boolean;
  /** Seed for shuffling and augmentation. Default 0. */
  seed?: number;
  /** `(x - mean) / std` on pixels in [0, 1]: a number for all channels or one for each. Default: pixels stay in [0, 1]. */
  normalize?: { mean: number | readonly number[]; std: number | readonly number[] } | undefined;
  /** Mirrors each image left to right with probability 1/2, drawn anew each epoch: `flip()` of `augment`. Default false. */
  flip?: boolean;
  /**
   * Random changes of each image, drawn anew each epoch: `[shift(2), flip(), erase(8)]`. They are done before the images are resized, in a
   * fixed order, independent of the list's. Default: none.
   */
  augment?: readonly Augmentation[] | undefined;
  /** Takes the first so many examples. Default: all. */
  limit?: number | undefined;
}

/** A share of every batch: each is cut into shards of nearly the same size, and these are some of them. */
export interface Share {
  /** Shards of a batch. */
  of: number;
  /** The first of them that is wanted, from 0. */
  from: number;
  /** The first behind those that are wanted. */
  to: number;
}

const bad = (option: string, expected: string, got: unknown, fix = "") =>
  new DatasetError(
    "option",
    `loader: expected ${option} to be ${expected}, got ${show(got)}${fix && `; ${fix}`}`,
  );

const show = (value: unknown): string =>
  Array.isArray(value) ? `[${value}]` : typeof value === "string" ? JSON.stringify(value) : String(value);

const badKind = (option: string, got: string, fix: string) =>
  new DatasetError("option", `loader: expected ${option} to be bytes in a Uint8Array, got ${got}; ${fix}`);

const wholeNumber = (option: string, value: unknown, least: number): number => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw bad(option, `a whole number of at least ${least}`, value);
  }
  return value;
};

const yesOrNo = (option: string, value: unknown): boolean => {
  if (typeof value !== "boolean") throw bad(option, "true or false", value);
  return value;
};

/** The options in one form, every one checked. */
export const checkLoader = (
  split: AnySplit,
  {
    batchSize,
    resize,
    shuffle = false,
    seed = 0,
    normalize,
    flip = false,
    augment = [],
    limit,
  }: LoaderOptions,
) => {
  const channels = checkSplit(split);
  const examples = limit === undefined ? split.shape[0] : wholeNumber("limit", limit, 1);
  if (examples > split.shape[0]) {
    throw bad(
      "limit",
      `at most ${split.shape[0]}, the number of examples`,
      limit,
      "leave it out to take all",
    );
  }
  return {
    batchSize: wholeNumber("batchSize", batchSize, 1),
    shuffle: yesOrNo("shuffle", shuffle),
    seed: wholeNumber("seed", seed, 0),
    augment: checkAugment(augment, yesOrNo("flip", flip), [split.shape[1], split.shape[2], channels]),
    examples,
    size: resize === undefined ? undefined : checkSize(resize),
    normalize: normalize && {
      mean: perChannel("normalize.mean", normalize.mean, channels, Number.isFinite, "a finite number"),
      // A float32 of the smallest numbers is 0.
      std: perChannel(
        "normalize.std",
        normalize.std,
        channels,
        (v) => Math.fround(v) > 0 && v < Infinity,
        "more than 0",
      ),
    },
    checkIndex: (index: number) => {
      if (wholeNumber("an index", index, 0) >= examples)
        throw bad("an index", `less than ${examples}, the number of examples`, index);
    },
    checkEpoch: (n: number) => wholeNumber("the epoch", n, 0),
    checkSkip: (batches: number) => wholeNumber("the number of batches to skip", batches, 0),
    checkShare: ({ of, from, to }: Share) => {
      wholeNumber("the number of shards", of, 1);
      wholeNumber("the first shard", from, 0);
      if (!Number.isSafeInteger(to) || to <= from || to > of)
        throw bad("the end of the share", `a whole number from ${from + 1} to ${of}`, to);
    },
  };
};

/** The number of channels, once images, labels and shape are shown to belong together. */
const checkSplit = (split: AnySplit): number => {
  const { labels, shape } = split;
  const [count, height, width, channels] = shape;
  if (shape.length !== 4) throw bad("the split's shape", "[N, H, W, C]", shape);
  for (const side of [count, height, width, channels]) wholeNumber("the split's sizes", side, 1);
  if (!("read" in split)) {
    const { images } = split;
    checkKind(
      "the split's images",
      images,
      imageKinds,
      "scale floats in [0, 1] to levels with Uint8Array.from(images, (v) => Math.round(v * 255)), and 16-bit levels with v >> 8",
    );
    const bytes = count * height * width * channels;
    if (images.length !== bytes)
      throw bad("the split's images", `${bytes} bytes (${shape.join("x")})`, images.length);
  }
  checkKind(
    "the split's labels",
    labels,
    labelKinds,
    "number the classes from 0 and keep them with Uint8Array.from(...), or Uint16Array.from(...) for more than 256",
  );
  if (labels.length !== count) throw bad("the split's labels", `${count}, one per image`, labels.length);
  return channels;
};

const imageKinds = ["Uint8Array", "Uint8ClampedArray"];
const labelKinds = [...imageKinds, "Uint16Array"];

/** Other arrays would be silently truncated to whole numbers: floats in [0, 1] to 0, text to 0. */
const checkKind = (what: string, values: unknown, kinds: readonly string[], fix: string): void => {
  const kind = kindOf(values);
  if (!kinds.includes(kind)) throw badKind(what, kind, fix);
};

/** Names the kind of some values, such as "Float32Array" or "an array of strings". */
const kindOf = (values: unknown): string => {
  if (Array.isArray(values)) return `an array of ${typeof values[0]}s`;
  return Object.prototype.toString.call(values).slice("[object ".length, -1);
};

const checkSize = (resize: number | readonly [number, number]): readonly [number, number] => {
  const size = typeof resize === "object" ? resize : ([resize, resize] as const);
  if (size.length !== 2) throw bad("resize", "a side or [height, width]", resize);
  for (const side of size) wholeNumber("resize", side, 1);
  return size;
};

const perChannel = (
  option: string,
  given: number | readonly number[],
  channels: number,
  good: (value: number) => boolean,
  expected: string,
): readonly number[] => {
  const values = typeof given === "object" ? given : Array.from({ length: channels }, () => given);
  if (values.length !== channels) throw bad(option, `one number or one per channel (${channels})`, given);
  if (!values.every((value) => typeof value === "number" && good(value))) throw bad(option, expected, given);
  return values;
};
