// Schema of the data set in config.json, and its conversion from older files.

import {
  classNameProblem,
  type DatasetInfo,
  fashionMnistExamples,
  fashionMnistInfo,
} from "@mlpconv/datasets/info";
import { aboveZero, count, finite, name } from "@mlpconv/trainer/events";
import * as v from "valibot";

/** Shape of one image: [height, width, channels]. */
export const shapeSchema = v.strictTuple([count, count, count]);

const className = v.pipe(
  name,
  v.check(
    (text) => classNameProblem(text) === undefined,
    ({ input }) => classNameProblem(input)!,
  ),
);

/** The data set of a run, as config.json has it. */
export const dataSchema = v.strictObject({
  /** Its name in `datasets`. */
  name,
  /** Names of the classes, in the order of their labels. */
  classes: v.pipe(
    v.array(className),
    v.minLength(1),
    v.check((names) => new Set(names).size === names.length, "expected names that differ from each other"),
  ),
  /** Shape of its images: [height, width, channels]. */
  shape: shapeSchema,
  /** Mean of each channel over the training images, for pixels in [0, 1]. */
  mean: v.array(finite),
  /** Standard deviation of each channel over the same pixels. */
  std: v.array(aboveZero),
  /** Background of the images; absent if it differs from image to image. */
  background: v.exactOptional(v.picklist(["dark", "light"])),
  /** Number of images; absent in some runs of earlier versions, which did not record it. */
  examples: v.exactOptional(v.strictObject({ train: count, test: count })),
  /** SHA-256 of all images and labels; for a folder of pictures, of its files. */
  sha256: name,
  /** The folder of pictures that the images were made from; absent: another data set. */
  folder: v.exactOptional(
    v.strictObject({
      /** Where it was. */
      path: name,
      /** Colour where pictures are transparent, and beside them where they are padded. */
      behind: v.picklist(["black", "white"]),
      /** Files that were left out because they are no pictures; absent: none. */
      leftOut: v.exactOptional(count),
    }),
  ),
});

type DataFields = v.InferOutput<typeof dataSchema>;
/** The data set of a run: its facts, how many images it has, and a hash of all of them. */
export interface RunData extends DataFields {}

/** The facts of a data set's descriptor that config.json holds. */
export const factsOf = ({ name, classes, shape, mean, std, background }: DatasetInfo) => ({
  name,
  classes: [...classes],
  shape: [...shape] as [number, number, number],
  mean: [...mean],
  std: [...std],
  ...(background && { background }),
});

/** The facts that earlier versions assumed for a data set of which they recorded only the name. */
const before = new Map<unknown, object>([
  [fashionMnistInfo.name, { ...factsOf(fashionMnistInfo), examples: { ...fashionMnistExamples } }],
  // Synthetic images were treated like Fashion-MNIST's, with its mean and standard deviation. Their number was up to the user's program.
  ["synthetic", { ...factsOf(fashionMnistInfo), name: "synthetic" }],
]);

/**
 * Converts a config.json to the current form. Earlier versions recorded the data set's name and hash as `dataset` and `dataSha256`; these are moved
 * into `data`, with the facts that those versions assumed. Any other value is returned unchanged.
 */
export const inTodaysForm = (config: unknown): unknown => {
  if (typeof config !== "object" || config === null || !("dataset" in config) || "data" in config)
    return config;
  const { dataset, dataSha256, ...others } = config as Record<string, unknown>;
  const facts = before.get(dataset) ?? { name: dataset };
  return { ...others, data: { ...facts, ...(dataSha256 !== undefined && { sha256: dataSha256 }) } };
};
