// An evaluation as people read it: each class's figures, then the confusion matrix. Of many classes, the worst and the most frequent mistakes.

import { count, padEnd, padStart, printable } from "@mlpconv/cli-kit";
import { columnsOf, confusedPairs, cutToColumns, type Evaluation, worstClasses } from "@mlpconv/runs";

/** Columns of a line. */
const lineColumns = 80;
/** Columns of a cell of the matrix, unless its numbers are longer. */
const cellColumns = 5;
/** Classes up to which each has a row, in their order. */
const mostRows = 30;
/** Rows of more classes, and of mistakes. */
const mostOfMany = 20;
/** Columns of a name beside figures, and beside another name. */
const mostBesideFigures = 40;
const mostBesideName = 28;

type Shown = Pick<
  Evaluation,
  "accuracy" | "loss" | "examples" | "classes" | "confusion" | "top5Accuracy" | "macroF1" | "calibrationError"
>;

/** Lines of at most 80 columns. Of more than 30 classes, the 20 least accurate; where the confusion matrix does not fit, the most frequent mistakes. */
export const evaluationTable = (evaluation: Shown): string[] => {
  const { accuracy, loss, examples } = evaluation;
  const names = evaluation.classes.map(({ name }) => printable(name));
  return [
    `accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)} on ${count(examples)} test images`,
    ...otherFigures(evaluation),
    "",
    ...classRows(evaluation, names),
    "",
    ...(matrixRows(evaluation, names) ?? mistakeRows(evaluation, names)),
  ];
};

const otherFigures = ({ top5Accuracy, macroF1, calibrationError }: Shown): string[] => {
  const figures: [name: string, value: number | undefined][] = [
    ["top-5 accuracy", top5Accuracy],
    ["macro F1", macroF1],
    ["calibration error", calibrationError],
  ];
  const shown = figures.flatMap(([name, value]) =>
    value === undefined ? [] : `${name} ${value.toFixed(4)}`,
  );
  return shown.length === 0 ? [] : [shown.join(", ")];
};

const classRows = ({ classes }: Shown, names: readonly string[]): string[] => {
  const whole = classes.length <= mostRows;
  const shown = whole ? [...classes.keys()] : worstClasses(classes).slice(0, mostOfMany);
  const row = rowsBeside(
    shown.map((i) => names[i]!),
    9,
  );
  return [
    ...(whole
      ? []
      : [`the ${mostOfMany} least accurate of ${count(classes.length)} classes; --json has all`]),
    row("class", ["accuracy", "precision"]),
    ...shown.map((i) => row(names[i]!, [share(classes[i]!.accuracy), share(classes[i]!.precision)])),
  ];
};

/** Undefined where its lines would be too long. */
const matrixRows = ({ confusion }: Shown, names: readonly string[]): string[] | undefined => {
  if (confusion.length * cellColumns > lineColumns) return undefined;
  const width = Math.max(cellColumns, ...confusion.flat().map((images) => String(images).length));
  const row = rowsBeside(names, width);
  const lines = [row("", names.map(short)), ...confusion.map((cells, i) => row(names[i]!, cells.map(cell)))];
  if (lines.some((line) => columnsOf(line) > lineColumns)) return undefined;
  return ["rows: true class; columns: predicted class", ...lines];
};

const mistakeRows = ({ classes, confusion }: Shown, names: readonly string[]): string[] => {
  const pairs = confusedPairs(confusion);
  if (pairs.length === 0) return ["no mistakes"];
  const shown = pairs
    .slice(0, mostOfMany)
    .map(({ label, predicted, images }) => [
      names[label]!,
      names[predicted]!,
      count(images),
      (images / classes[label]!.examples).toFixed(3),
    ]);
  const rows = [["true class", "predicted as", "images", "share"], ...shown].map(
    ([label, predicted, ...figures]) => [
      cutToColumns(label!, mostBesideName),
      cutToColumns(predicted!, mostBesideName),
      ...figures,
    ],
  );
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((cells) => columnsOf(cells[i]!))));
  return [
    `the ${shown.length} most frequent of ${count(pairs.length)} kinds of mistake, as a share of the true class`,
    ...rows.map((cells) => cells.map((text, i) => (i < 2 ? padEnd : padStart)(text, widths[i]!)).join("  ")),
  ];
};

/** A row of a name and figures, whose columns are as wide in each row. */
const rowsBeside = (names: readonly string[], width: number) => {
  const widest = Math.min(mostBesideFigures, Math.max(...["class", ...names].map(columnsOf)));
  return (name: string, cells: readonly string[]) =>
    [padEnd(cutToColumns(name, widest), widest), ...cells.map((text) => padStart(text, width))].join(" ");
};

const share = (value: number | null): string => (value === null ? "none" : value.toFixed(3));

/** Zeros step back, so that the mistakes stand out. */
const cell = (images: number): string => (images === 0 ? "·" : String(images));

/** A name that fits into a cell. */
const short = (name: string): string => cutToColumns(name, cellColumns, "").trimEnd();
