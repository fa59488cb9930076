// Augmentation of an epoch's images: what each example gets is a function of (seed, epoch, index of the example), and is done on the host, so
// that it is the same on every engine, in every batch and in every process. Each operation draws from the stream of its name; the partners of
// mixup are from "mixup-partner".
import { stream } from "@mlpconv/tensor";
import type { Labels } from "../dataset.js";
import { brighten, changeContrast, eraseSquare } from "./levels.js";
import { average, betaQuantile, SHARES } from "./mixup.js";
import type { Augmentation, AugmentationName } from "./operations.js";
import {
  type Affine,
  composed,
  type ImageShape,
  identity,
  mirroring,
  moving,
  turning,
  warper,
} from "./warp.js";

/** The second labels of images that are averages of two. */
export interface Mix {
  /** Label of the image with the smaller share. */
  labels: Uint16Array;
  /** Share of the label that the batch has, from 1/2 to 1. */
  shares: Float32Array;
}

/** What an epoch does to images. */
export interface EpochAugmenter {
  /** The examples whose images are needed for these: behind them come their partners in mixup. */
  needed(indices: readonly number[]): readonly number[];
  /**
   * Augments the images of `needed(indices)` in place.
   *
   * @returns the labels of the first `indices.length` images, which hold the result; `mix` with mixup alone
   */
  augment(images: Uint8Array, indices: readonly number[], labels: Labels): { labels: Int32Array; mix?: Mix };
}

export interface AugmenterOptions {
  seed: number;
  /** Number of examples of an epoch: mixup's partners are among them. */
  examples: number;
  /** [H, W, C] of the images. */
  shape: ImageShape;
}

/** Gives what the operations of a checked list do in epoch `n`. */
export const augmenter = (
  list: readonly Augmentation[],
  { seed, examples, shape }: AugmenterOptions,
): ((n: number) => EpochAugmenter) => {
  const [height, width] = shape;
  const length = shape.reduce((product, side) => product * side, 1);
  const values = new Map(list.map(({ name, value = 0 }) => [name, value]));
  const warp = warper(shape);
  const alpha = values.get("mixup");
  const quantile = alpha === undefined ? undefined : betaQuantile(alpha);

  return (n) => {
    /** Calls `use` with the operation's number, and a function that gives an example's j-th word of `each`. */
    const drawing = <T>(
      name: AugmentationName,
      each: number,
      use: (value: number, word: (index: number, j?: number) => number) => T,
    ): T | undefined => {
      const value = values.get(name);
      if (value === undefined) return undefined;
      const words = stream(seed, name).bits(examples * each, { block: n });
      return use(value, (index, j = 0) => words[index * each + j]!);
    };

    const maps = present<(index: number) => Affine>([
      drawing("flip", 1, (_, word) => (index) => (word(index) & 1 ? mirroring(width) : identity)),
      drawing(
        "shift",
        2,
        (pixels, word) => (index) =>
          moving(whole(word(index), -pixels, pixels), whole(word(index, 1), -pixels, pixels)),
      ),
      drawing(
        "rotate",
        1,
        (degrees, word) => (index) =>
          turning(height, width, (between(word(index), -degrees, degrees) * Math.PI) / 180, 1),
      ),
      drawing(
        "scale",
        1,
        (factor, word) => (index) => turning(height, width, 0, factor ** between(word(index), -1, 1)),
      ),
    ]);
    const changes = present<(image: Uint8Array, index: number) => void>([
      maps.length === 0
        ? undefined
        : (image, index) => warp(image, maps.map((map) => map(index)).reduce(composed)),
      drawing(
        "brightness",
        1,
        (share, word) => (image, index) => brighten(image, 1 + between(word(index), -share, share)),
      ),
      drawing(
        "contrast",
        1,
        (share, word) => (image, index) => changeContrast(image, 1 + between(word(index), -share, share)),
      ),
      drawing(
        "erase",
        2,
        (side, word) => (image, index) =>
          eraseSquare(
            image,
            shape,
            side,
            whole(word(index), 0, width - 1),
            whole(word(index, 1), 0, height - 1),
          ),
      ),
    ]);
    const shareOf = drawing(
      "mixup",
      1,
      (_, word) => (index: number) => Math.round(quantile!((word(index) + 0.5) / 2 ** 32) * SHARES),
    );
    const partners = shareOf && stream(seed, "mixup-partner").permutation(examples, { block: n });
    const imageAt = (images: Uint8Array, i: number) => images.subarray(i * length, (i + 1) * length);
    const needed = (indices: readonly number[]): readonly number[] =>
      partners ? [...indices, ...indices.map((index) => partners[index]!)] : indices;

    return {
      needed,
      augment: (images, indices, splitLabels) => {
        for (const [i, index] of needed(indices).entries())
          for (const change of changes) change(imageAt(images, i), index);
        const labels = Int32Array.from(indices, (index) => splitLabels[index]!);
        if (!shareOf || !partners) return { labels };
        const mix = { labels: new Uint16Array(indices.length), shares: new Float32Array(indices.length) };
        for (const [i, index] of indices.entries()) {
          const share = shareOf(index);
          average(imageAt(images, i), imageAt(images, indices.length + i), share);
          const own = splitLabels[index]!;
          const other = splitLabels[partners[index]!]!;
          const [larger, smaller] = 2 * share >= SHARES ? [own, other] : [other, own];
          labels[i] = larger;
          mix.labels[i] = smaller;
          mix.shares[i] = Math.max(share, SHARES - share) / SHARES;
        }
        return { labels, mix };
      },
    };
  };
};

const present = <T>(values: readonly (T | undefined)[]): T[] =>
  values.filter((value) => value !== undefined) as T[];

/** A number from `low` to below `high`, uniform, from 32 random bits. */
const between = (word: number, low: number, high: number): number => low + (word / 2 ** 32) * (high - low);

/** A whole number from `low` to `high`, uniform, from 32 random bits. */
const whole = (word: number, low: number, high: number): number =>
  low + Math.floor((word / 2 ** 32) * (high - low + 1));
