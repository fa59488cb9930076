// Predictions as people read them: a line a picture.
import { printable } from "@mlpconv/programs";
import type { Prediction } from "./predict-images.js";
import type { Inversion } from "./to-garment.js";

export const predictionLines = (images: readonly Prediction[], invert: Inversion): string[] => {
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
