// Whether two runs learned from the same data: a hash of all of it.
import { createHash } from "node:crypto";
import type { AnySplit, Dataset } from "./dataset.js";

/** SHA-256 of all images and labels, training first, in hexadecimal; where the data set tells one, that one. */
export const dataSha256 = ({
  train,
  test,
  sha256,
}: Pick<Dataset<AnySplit>, "train" | "test" | "sha256">): string => {
  if (sha256 !== undefined) return sha256;
  const hash = createHash("sha256");
  for (const split of [train, test]) {
    if ("read" in split)
      throw new Error(
        "dataSha256: expected sha256 of a data set whose images are read when needed, got none",
      );
    hash.update(split.images).update(split.labels);
  }
  return hash.digest("hex");
};
