// Predictions as people read them: a line a picture.
import { printable } from "@mlpconv/cli-kit";
import type { Inversion } from "./fit-image.js";
import type { ImagePrediction } from "./predictions.js";

export const predictionLines = (images: readonly ImagePrediction[], invert: Inversion): string[] => {
  const names = images.map(({ file }) => printable(file));
  const widest = Math.max(0, ...names.map((name) => name.length));
  const lines = images.map(({ inverted, top }, i) =>
    [
      names[i]!.padEnd(widest),
      ...top.map(({ class: name, probability }) => `${name} ${(probability * 100).toFixed(1)}%`),
      ...(inverted ? ["inverted"] : []),
    ].join("  "),
  );
  const why =
    "inverted: light in its corners, and Fashion-MNIST shows garments on black; --invert no leaves a picture as it is";
  return invert === "auto" && images.some(({ inverted }) => inverted) ? [...lines, why] : lines;
};
