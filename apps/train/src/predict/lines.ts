// Predictions as people read them: a line a picture.

import type { Inversion } from "./fit-image.js";
import type { ImagePrediction } from "./predictions.js";

export const predictionLines = (images: readonly ImagePrediction[], invert: Inversion): string[] => {
  const widest = Math.max(0, ...images.map(({ file }) => file.length));
  const lines = images.map(({ file, inverted, top }) =>
    [
      file.padEnd(widest),
      ...top.map(({ class: name, probability }) => `${name} ${(probability * 100).toFixed(1)}%`),
      ...(inverted ? ["inverted"] : []),
    ].join("  "),
  );
  const why =
    "inverted: light in its corners, and Fashion-MNIST shows garments on black; --invert no leaves a picture as it is";
  return invert === "auto" && images.some(({ inverted }) => inverted) ? [...lines, why] : lines;
};
