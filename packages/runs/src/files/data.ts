// Schema of the data set in config.json, and how it is read from files that were written before it had one.

import { type DatasetInfo, fashionMnistExamples, fashionMnistInfo } from "@mlpconv/datasets/info";
import { aboveZero, count, finite, name } from "@mlpconv/trainer/events";
import * as v from "valibot";

/** Shape of one image: [height, width, channels]. */
export const shapeSchema = v.strictTuple([count, count, count]);

/** The data set of a run, as config.json has it. */
export const dataSchema = v.strictObject({
  /** Its name in `datasets`. */
  name,
  /** Names of the classes, in the order of their labels. */
  classes: v.pipe(
    v.array(name),
    v.minLength(1),
    v.check((names) => new Set(names).size === names.length, "expected names that differ from each other"),
  ),
  /** Shape of its images: [height, width, channels]. */
  shape: shapeSchema,
  /** Mean of each channel over the training images, of pixels in [0, 1]. */
  mean: v.array(finite),
  /** Standard deviation of each channel, of the same. */
  std: v.array(aboveZero),
  /** Brightness behind what the images show; absent: it differs from image to image. */
  background: v.exactOptional(v.picklist(["dark", "light"])),
  /** Images that there are; absent in some runs of earlier versions, which did not record it. */
  examples: v.exactOptional(v.strictObject({ train: count, test: count })),
  /** SHA-256 of all images and labels. */
  sha256: name,
});

type DataFields = v.InferOutput<typeof dataSchema>;
/** The data set of a run: its facts, how many images it has, and a hash of all of them. */
export interface RunData extends DataFields {}

/** What a data set in config.json starts with: the facts of its descriptor. */
export const factsOf = ({ name, classes, shape, mean, std, background }: DatasetInfo) => ({
  name,
  classes: [...classes],
  shape: [...shape] as [number, number, number],
  mean: [...mean],
  std: [...std],
  ...(background && { background }),
});

/** What a data set's name alone meant to the programs that wrote no more of it. */
const before = new Map<unknown, object>([
  [fashionMnistInfo.name, { ...factsOf(fashionMnistInfo), examples: { ...fashionMnistExamples } }],
  // Drawn images were treated as Fashion-MNIST's, with its mean and standard deviation. Programs of one's own drew as many as they liked.
  ["synthetic", { ...factsOf(fashionMnistInfo), name: "synthetic" }],
]);

/**
 * A config.json's value in today's form. Earlier versions wrote the data set's name and hash as `dataset` and `dataSha256`; what these say is moved
 * into `data`, with the facts that those versions assumed. Any other value is given back as it is.
 */
export const inTodaysForm = (config: unknown): unknown => {
  if (typeof config !== "object" || config === null || !("dataset" in config) || "data" in config)
    return config;
  const { dataset, dataSha256, ...others } = config as Record<string, unknown>;
  const facts = before.get(dataset) ?? { name: dataset };
  return { ...others, data: { ...facts, ...(dataSha256 !== undefined && { sha256: dataSha256 }) } };
};
