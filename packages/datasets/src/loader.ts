// Batches of a split for training and evaluation: in which order, how augmented, and then the engine's part.
import { stream, tf } from "@mlpconv/tensor";
import { augmenter, type Mix } from "./augment/augmenter.js";
import type { AnySplit } from "./dataset.js";
import { copyImages } from "./images-at.js";
import { checkLoader, type LoaderOptions, type Share } from "./loader-options.js";
import { toPixels } from "./to-pixels.js";

/** The consumer disposes both tensors. */
export interface Batch {
  /** [B, H, W, C], float32. */
  x: tf.Tensor4D;
  /** [B], int32; of images that are averages of two, the labels with the larger share. */
  y: tf.Tensor1D;
  /** The other labels and the shares of y, with mixup; in memory of the host, so there is nothing to dispose. */
  mix?: Mix;
  /** Place of a shard in the batch that it is a part of: its first example there, and the number of examples of that batch. */
  within?: { first: number; examples: number };
}

/** Iterating over it is iterating over `epoch(0)`. */
export interface Loader extends AsyncIterable<Batch> {
  /** Per epoch; the last may be short. */
  batches: number;
  /** Per epoch. */
  examples: number;
  /** Images in a batch, the last one aside. */
  batchSize: number;
  /** [H, W, C] of the images that it gives, so that a model may be checked before the first batch. */
  imageShape?: readonly [number, number, number];
  /** Labels of its examples, in the split's order, for the same. */
  labels?: ArrayLike<number>;
  /**
   * The batches of epoch 0, 1, ...: the same ones every time it is asked; without the first `skip` of them. With a share, the wanted shards of
   * each batch, one after another, also those without an example: a short batch may have fewer examples than shards.
   */
  epoch(n: number, skip?: number, share?: Share): AsyncIterable<Batch>;
}

/**
 * Batches of a split. Order and augmentation are a function of (seed, epoch, index of the example) alone: neither the batch size nor the
 * engine changes them.
 *
 * @throws DatasetError `option` when an option is out of its range or the split does not hold what its shape says
 */
export const loader = (split: AnySplit, options: LoaderOptions): Loader => {
  const { batchSize, shuffle, augment, seed, examples, size, normalize, checkEpoch, checkSkip, checkShare } =
    checkLoader(split, options);
  const [, height, width, channels] = split.shape;
  const augmentIn = augmenter(augment, { seed, examples, shape: [height, width, channels] });

  const imageShape = [...(size ?? [height, width]), channels] as [number, number, number];

  /** Where in an epoch's order the batches are, or the wanted shards of each. */
  function* placesOf(skip: number, share?: Share): Generator<Place> {
    for (let start = skip * batchSize; start < examples; start += batchSize) {
      const count = Math.min(batchSize, examples - start);
      if (!share) yield { start, count };
      else {
        for (let shard = share.from; shard < share.to; shard++) {
          const [first, end] = shardBounds(shard, share.of, count);
          yield { start: start + first, count: end - first, within: { first, examples: count } };
        }
      }
    }
  }

  async function* epoch(n: number, skip: number, share?: Share): AsyncGenerator<Batch, void, undefined> {
    const order = shuffle ? stream(seed, "shuffle").permutation(examples, { block: n }) : undefined;
    const augmented = augmentIn(n);
    const indicesAt = ({ start, count }: Place): number[] =>
      Array.from({ length: count }, (_, i) => (order ? order[start + i]! : start + i));

    const batchOf = (indices: readonly number[], images: Uint8Array): Omit<Batch, "within"> => {
      if (indices.length === 0) return { x: tf.zeros([0, ...imageShape]), y: tf.tensor1d([], "int32") };
      const { labels, mix } = augmented.augment(images, indices, split.labels);
      const whole = images.subarray(0, indices.length * height * width * channels);
      return {
        x: toPixels(whole, [indices.length, height, width, channels], { size, normalize }),
        y: tf.tensor1d(labels, "int32"),
        ...(mix && { mix }),
      };
    };

    for await (const { place, indices, images } of inOrder(
      split,
      placesOf(skip, share),
      indicesAt,
      augmented.needed,
    )) {
      const batch = batchOf(indices, images);
      yield place.within ? { ...batch, within: place.within } : batch;
    }
  }

  return {
    batches: Math.ceil(examples / batchSize),
    examples,
    batchSize,
    imageShape,
    labels: split.labels.subarray(0, examples),
    epoch: (n, skip = 0, share) => {
      checkEpoch(n);
      checkSkip(skip);
      if (share) checkShare(share);
      return epoch(n, skip, share);
    },
    [Symbol.asyncIterator]: () => epoch(0, 0),
  };
};

/** A batch or a shard of one: a part of an epoch's order. */
interface Place {
  start: number;
  count: number;
  within?: { first: number; examples: number };
}

/** Reads that are under way while a batch is computed: one is decoded while another waits to be used. */
const readsAhead = 2;

/** The indices of each place and the images that are needed for them, in their order; images that are streamed are read ahead. */
async function* inOrder(
  split: AnySplit,
  places: Iterable<Place>,
  indicesAt: (place: Place) => number[],
  needed: (indices: readonly number[]) => readonly number[],
): AsyncGenerator<{ place: Place; indices: number[]; images: Uint8Array }, void, undefined> {
  if (!("read" in split)) {
    for (const place of places) {
      const indices = indicesAt(place);
      yield { place, indices, images: copyImages(split, needed(indices)) };
    }
    return;
  }
  const reads: { place: Place; indices: number[]; images: Promise<Uint8Array> }[] = [];
  for (const place of places) {
    const indices = indicesAt(place);
    const images = indices.length === 0 ? Promise.resolve(new Uint8Array(0)) : split.read(needed(indices));
    // The error is thrown when this read is awaited; without this handler an earlier rejection would be reported as unhandled.
    images.catch(() => {});
    reads.push({ place, indices, images });
    if (reads.length > readsAhead) yield await first(reads);
  }
  while (reads.length > 0) yield await first(reads);
}

const first = async <T extends { images: Promise<Uint8Array> }>(reads: T[]) => {
  const read = reads.shift()!;
  return { ...read, images: await read.images };
};

/** The first example of a shard within its batch, and the first behind it. */
export const shardBounds = (
  shard: number,
  shards: number,
  examples: number,
): [first: number, end: number] => [
  Math.floor((shard * examples) / shards),
  Math.floor(((shard + 1) * examples) / shards),
];
