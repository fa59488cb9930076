// An evaluation as people read it: each class's figures, then who is taken for whom.
import type { Evaluation } from "@mlpconv/programs";
import { count } from "@mlpconv/programs";

/** Lines of at most 80 columns. */
export const evaluationTable = ({
  accuracy,
  loss,
  examples,
  classes,
  confusion,
}: Pick<Evaluation, "accuracy" | "loss" | "examples" | "classes" | "confusion">): string[] => {
  const widest = Math.max(...classes.map(({ name }) => name.length));
  const row = (name: string, cells: readonly string[], width: number) =>
    [name.padEnd(widest), ...cells.map((cell) => cell.padStart(width))].join(" ");
  return [
    `accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)} on ${count(examples)} test images`,
    "",
    row("class", ["accuracy", "precision"], 9),
    ...classes.map((figures) => row(figures.name, [share(figures.accuracy), share(figures.precision)], 9)),
    "",
    "rows: true class; columns: predicted class",
    row("", short(classes.map(({ name }) => name)), 5),
    ...confusion.map((cells, i) => row(classes[i]!.name, cells.map(cell), 5)),
  ];
};

const share = (value: number | null): string => (value === null ? "none" : value.toFixed(3));

/** Zeros step back, so that the mistakes stand out. */
const cell = (images: number): string => (images === 0 ? "·" : String(images));

const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 5).trimEnd());
