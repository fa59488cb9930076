// Predictions as people read them: a line a picture.
import { count, padEnd, printable } from "@mlpconv/cli-kit";
import type { DatasetInfo } from "@mlpconv/datasets";
import { columnsOf } from "@mlpconv/runs";
import type { ImagePrediction } from "./predictions.js";

/** Columns beyond which a file's name moves its own line alone. */
const mostColumns = 50;

/** Columns that the names of files take before what is predicted. */
export const fileColumns = (files: readonly string[]): number =>
  files.reduce((widest, file) => {
    const columns = columnsOf(printable(file));
    return columns > mostColumns ? widest : Math.max(widest, columns);
  }, 0);

/** A picture's line: its file, its likeliest classes, and the class that its folder says where another is predicted. */
export const predictionLine = ({ file, inverted, top, label }: ImagePrediction, columns: number): string =>
  [
    padEnd(printable(file), columns),
    ...top.map((one) => `${printable(one.class)} ${(one.probability * 100).toFixed(1)}%`),
    ...(label !== undefined && label !== top[0]!.class ? [`is ${printable(label)}`] : []),
    ...(inverted ? ["inverted"] : []),
  ].join("  ");

/** Explains why pictures were inverted automatically. */
export const inversionNote = ({ name, background }: Pick<DatasetInfo, "name" | "background">): string =>
  `inverted: ${background === "light" ? "dark" : "light"} in its corners, and the images of ${name} have a ${background} background; --invert no leaves a picture as it is`;

/** How many pictures are predicted as the class that their folder says. */
export const accuracyLine = ({ correct, labelled }: { correct: number; labelled: number }): string =>
  `accuracy ${(correct / labelled).toFixed(4)}: ${count(correct)} of ${count(labelled)} pictures in folders named after classes`;
