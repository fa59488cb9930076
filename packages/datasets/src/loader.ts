// Batches of a split for training and evaluation: in which order, which images flipped, and then the engine's part.
import { stream, tf } from "@mlpconv/tensor";
import type { Split } from "./dataset.js";
import { checkLoader, type LoaderOptions, type Share } from "./loader-options.js";
import { toPixels } from "./to-pixels.js";

/** The consumer disposes both tensors. */
export interface Batch {
  /** [B, H, W, C], float32. */
  x: tf.Tensor4D;
  /** [B], int32. */
  y: tf.Tensor1D;
  /** Of a shard: its first example within the batch that it is a part of, and that batch's examples. */
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
 * Batches of a split. Order and flips are a function of (seed, epoch, index of the example) alone: neither the batch size nor the
 * engine changes them.
 *
 * @throws DatasetError `option` when an option is out of its range or the split does not hold what its shape says
 */
export const loader = (split: Split, options: LoaderOptions): Loader => {
  const { batchSize, shuffle, flip, seed, examples, size, normalize, checkEpoch, checkSkip, checkShare } =
    checkLoader(split, options);
  const [, height, width, channels] = split.shape;
  const length = height * width * channels;

  const imageShape = [...(size ?? [height, width]), channels] as [number, number, number];

  async function* epoch(n: number, skip: number, share?: Share): AsyncGenerator<Batch, void, undefined> {
    const order = shuffle ? stream(seed, "shuffle").permutation(examples, { block: n }) : undefined;
    const coins = flip ? stream(seed, "flip").bits(examples, { block: n }) : undefined;

    const take = (start: number, count: number): Batch => {
      if (count === 0) return { x: tf.zeros([0, ...imageShape]), y: tf.tensor1d([], "int32") };
      const images = new Uint8Array(count * length);
      const labels = new Int32Array(count);
      for (let i = 0; i < count; i++) {
        const index = order ? order[start + i]! : start + i;
        const image = images.subarray(i * length, (i + 1) * length);
        image.set(split.images.subarray(index * length, (index + 1) * length));
        if (coins && coins[index]! & 1) mirror(image, width, channels);
        labels[i] = split.labels[index]!;
      }
      return {
        x: toPixels(images, [count, height, width, channels], { size, normalize }),
        y: tf.tensor1d(labels, "int32"),
      };
    };

    for (let start = skip * batchSize; start < examples; start += batchSize) {
      const count = Math.min(batchSize, examples - start);
      if (!share) yield take(start, count);
      else {
        for (let shard = share.from; shard < share.to; shard++) {
          const [first, end] = shardBounds(shard, share.of, count);
          yield { ...take(start + first, end - first), within: { first, examples: count } };
        }
      }
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

/** The first example of a shard within its batch, and the first behind it. */
export const shardBounds = (
  shard: number,
  shards: number,
  examples: number,
): [first: number, end: number] => [
  Math.floor((shard * examples) / shards),
  Math.floor(((shard + 1) * examples) / shards),
];

/** Turns each row of the image round, in place. */
const mirror = (image: Uint8Array, width: number, channels: number): void => {
  for (let row = 0; row < image.length; row += width * channels) {
    for (let x = 0; x < width >> 1; x++) {
      const left = row + x * channels;
      const right = row + (width - 1 - x) * channels;
      for (let c = 0; c < channels; c++) {
        const value = image[left + c]!;
        image[left + c] = image[right + c]!;
        image[right + c] = value;
      }
    }
  }
};
