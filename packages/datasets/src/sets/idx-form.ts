// The four IDX files that MNIST and the data sets made in its image are published as.
import type { Checksum, DataFile, Form } from "./data-set.js";

/** Published checksum of a file: its own, or else that of its gzip file. */
interface Known extends Checksum {
  gzip?: Checksum;
}

/** Facts of the four files. */
interface IdxFacts {
  /** How the names of the files of each split begin. */
  prefix: { train: string; test: string };
  examples: { readonly train: number; readonly test: number };
  known?: Record<"trainImages" | "trainLabels" | "testImages" | "testLabels", Known>;
}

const side = 28;

/** The form of four IDX files of 28x28 grey images. Small files come first: a server that does not work shows it at once. */
export const idxForm = ({ prefix, examples, known }: IdxFacts): Form => {
  const file = (
    split: "train" | "test",
    holds: "images" | "labels",
    of: { gzip?: Checksum } & Checksum = {},
  ): DataFile => {
    const count = examples[split];
    const images = holds === "images";
    return {
      name: `${prefix[split]}-${images ? "images-idx3" : "labels-idx1"}-ubyte`,
      bytes: images ? 16 + count * side * side : 8 + count,
      split,
      holds,
      shape: images ? [count, side, side] : [count],
      gzip: {},
      ...of,
    };
  };
  return {
    format: "idx",
    files: [
      file("test", "labels", known?.testLabels),
      file("train", "labels", known?.trainLabels),
      file("test", "images", known?.testImages),
      file("train", "images", known?.trainImages),
    ],
  };
};
