// Predictions as people read them: a line a picture.
import { printable } from "@mlpconv/cli-kit";
import type { DatasetInfo } from "@mlpconv/datasets";
import type { Inversion } from "./fit-image.js";
import type { ImagePrediction } from "./predictions.js";

export const predictionLines = (
  images: readonly ImagePrediction[],
  invert: Inversion,
  { name, background }: Pick<DatasetInfo, "name" | "background">,
): string[] => {
  const files = images.map(({ file }) => printable(file));
  const widest = Math.max(0, ...files.map((file) => file.length));
  const lines = images.map(({ inverted, top }, i) =>
    [
      files[i]!.padEnd(widest),
      ...top.map(({ class: label, probability }) => `${label} ${(probability * 100).toFixed(1)}%`),
      ...(inverted ? ["inverted"] : []),
    ].join("  "),
  );
  const why = `inverted: ${background === "light" ? "dark" : "light"} in its corners, and the images of ${name} have a ${background} background; --invert no leaves a picture as it is`;
  return invert === "auto" && images.some(({ inverted }) => inverted) ? [...lines, why] : lines;
};
