// A table in text: names to the left, numbers to the right.
import type { Measured } from "./exercise.js";

export const count = (value: number): string => Math.round(value).toLocaleString("en-US");
export const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

export const printTable = (heads: readonly string[], rows: readonly (readonly string[])[]): void => {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  for (const row of [heads, ...rows]) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    console.log(cells.join("  "));
  }
  console.log();
};

/** The nets of an exercise, a line each. */
export const printMeasured = (rows: readonly Measured[]): void =>
  printTable(
    ["net", "parameters", "MACs", "images/s", "loss", "train acc", "test acc"],
    rows.map((row) => [
      row.net,
      count(row.parameters),
      count(row.multiplyAccumulates),
      count(row.imagesPerSecond),
      row.loss.toFixed(3),
      row.trainAccuracy.toFixed(4),
      row.testAccuracy.toFixed(4),
    ]),
  );
