// Whether two runs learned from the same data: a hash of all of it.
import { createHash } from "node:crypto";
import type { Dataset } from "./dataset.js";

/** SHA-256 of all images and labels, training first, in hexadecimal. */
export const dataSha256 = ({ train, test }: Pick<Dataset, "train" | "test">): string => {
  const hash = createHash("sha256");
  for (const { images, labels } of [train, test]) hash.update(images).update(labels);
  return hash.digest("hex");
};
