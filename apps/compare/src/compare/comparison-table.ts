// A comparison as people read it: the same cells for the terminal and for Markdown.
import { count, duration } from "@mlpconv/cli-kit";
import type { SummaryTable } from "@mlpconv/report";
import { settings } from "@mlpconv/runs";
import { type Comparison, type ComparisonRow, type ShownPlace, shownPlaces } from "./comparison.js";
import { gridLines, gridMarkdown } from "./grid-table.js";

/** What is asked first stands first: a narrow page shows no more than the first ten. */
const heads = (enough: number, validated: boolean, places: readonly ShownPlace[]): string[] => [
  "net",
  ...(validated ? ["validation accuracy"] : []),
  "test accuracy",
  "min",
  "max",
  "95% interval",
  "seeds",
  "parameters",
  "MACs",
  "training img/s",
  "inference img/s",
  `time to ${enough}`,
  "loss",
  ...places.map((place) => settings[place].column),
  "epochs x images",
  "activations",
  "peak RSS",
];

const perSecond = (value: number): string => (value < 100 ? value.toFixed(1) : count(Math.round(value)));
const share = (value: number): string => value.toFixed(4);

const isValidated = ({ rows }: Pick<Comparison, "rows">): boolean =>
  rows.some(({ validationAccuracy }) => validationAccuracy !== undefined);

const cells = (
  row: ComparisonRow,
  failed: number,
  validated: boolean,
  places: readonly ShownPlace[],
): string[] => {
  const { testAccuracy, seeds, secondsToEnough, reachedEnough, inferenceImagesPerSecond } = row;
  const partly = reachedEnough < seeds.length ? ` (${reachedEnough} of ${seeds.length})` : "";
  return [
    row.network,
    ...(validated ? [row.validationAccuracy === undefined ? "none" : share(row.validationAccuracy)] : []),
    share(testAccuracy.median),
    share(testAccuracy.min),
    share(testAccuracy.max),
    testAccuracy.interval === null ? "none" : testAccuracy.interval.map(share).join("-"),
    failed === 0 ? String(seeds.length) : `${seeds.length}, ${failed} failed`,
    count(row.parameters),
    `${(row.multiplyAccumulates / 1e6).toFixed(1)} M`,
    perSecond(row.trainingImagesPerSecond),
    inferenceImagesPerSecond === null ? "none" : perSecond(inferenceImagesPerSecond),
    (secondsToEnough === null ? "not reached" : duration(secondsToEnough)) + partly,
    row.loss === null ? "none" : row.loss.toFixed(3),
    ...places.map((place) => String(row[place] ?? "none")),
    `${row.epochs} x ${count(row.trainingImages)}`,
    `${(row.activationBytes / 1e3).toFixed(0)} kB`,
    `${(row.peakRssBytes / 1e6).toFixed(0)} MB`,
  ];
};

const table = ({ rows, failures, enough }: Comparison): string[][] => {
  const validated = isValidated({ rows });
  // A setting that no row has, such as the precision of an engine with only one, has no column.
  const places = shownPlaces.filter((place) => rows.some((row) => (row[place] ?? null) !== null));
  const failed = (of: ComparisonRow) => failures.filter(({ model }) => model === of.model).length;
  return [heads(enough, validated, places), ...rows.map((row) => cells(row, failed(row), validated, places))];
};

/** What stands below the table. */
const notes = ({ failures, leftOut, grid = [] }: Comparison): string[] => [
  ...grid.flatMap((row) => (row.outcome === "best" ? [`best of the grid: ${row.model} ${row.words}`] : [])),
  ...failures.map(({ run, reason }) => `failed: ${run}: ${reason}`),
  ...leftOut.map((what) => `left out: ${what}`),
];

/** The table of the page. */
export const comparisonSummary = (comparison: Comparison): SummaryTable => {
  const [heads, ...rows] = table(comparison);
  return {
    caption:
      "Each net over its finished runs: medians, and the 95% bootstrap interval of the median accuracy of three or more",
    heads: heads!,
    // What stands in brackets stays on one line.
    rows: rows.map((row) => row.map((cell) => cell.replace(/ (?=[^(]*\)$)/g, "\u00a0"))),
    notes: notes(comparison),
  };
};

/** The table for a terminal: one figure a line and one column a network, because sixteen columns do not fit. */
export const comparisonLines = (comparison: Comparison): string[] => {
  const columns = table(comparison);
  const widths = columns.map((column) => Math.max(...column.map((cell) => cell.length)));
  const lines = columns[0]!.map((_, figure) =>
    columns
      .map((column, i) =>
        i === 0 ? column[figure]!.padEnd(widths[i]!) : column[figure]!.padStart(widths[i]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const grid = gridLines(comparison);
  return [
    ...grid,
    ...(grid.length > 0 ? [""] : []),
    ...(comparison.rows.length > 0 ? lines : []),
    ...notes(comparison),
  ];
};

export const comparisonMarkdown = (comparison: Comparison): string => {
  const { name, preset, dataset, engines, devices, enough, rows } = comparison;
  const [head, ...body] = table(comparison);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `# ${name}`,
    "",
    `Preset \`${preset}\`${dataset === null ? "" : ` on ${dataset}`}${engines.length > 0 ? `, engine ${engines.join(", ")} (${devices.join("; ")})` : ""}.`,
    "",
    ...(rows.length > 0
      ? [line(head!), line(head!.map((_, i) => (i === 0 ? "---" : "---:"))), ...body.map(line), ""]
      : []),
    ...gridMarkdown(comparison),
    ...notes(comparison).flatMap((note) => [`- ${note}`]),
    ...(notes(comparison).length > 0 ? [""] : []),
    "Test accuracy is that of all test images after the last epoch: median, least and most over the seeds, and the 95% bootstrap interval of",
    "the median, where there are three or more. MACs (multiply-accumulates) and activations are one image's, forward. Peak RSS is the whole training process's. Inference is one",
    `pass over the test images, loading included. The time to ${enough} test accuracy is exact to an epoch, because tests come after epochs.`,
    "",
  ].join("\n");
};
