// A table that compares runs: costs and results.

import type { Run } from "@mlpconv/runs";
import { bytes, count, decimal, duration } from "../format.js";
import type { Markup } from "../markup.js";
import { runFigures } from "../run-figures.js";
import { networkName } from "../same-settings.js";
import { type Column, table } from "./table.js";

const numeric = (heading: string): Column => ({ heading, numeric: true });
const columns = (validated: boolean): Column[] => [
  { heading: "run" },
  { heading: "net" },
  { heading: "preset" },
  numeric("pixels"),
  numeric("epochs"),
  numeric("images"),
  numeric("parameters"),
  ...(validated ? [numeric("validation accuracy")] : []),
  numeric("test accuracy"),
  numeric("train accuracy"),
  numeric("train loss"),
  numeric("images/s"),
  numeric("time"),
  numeric("peak memory"),
  { heading: "state" },
];

/** A table with a row for each run; a missing figure is a dash. */
export const comparisonTable = (runs: readonly Run[]): Markup => {
  const validated = runs.some((run) => runFigures(run).validationAccuracy !== undefined);
  return table(
    "Figures of the last epoch; time and images/s of all of training",
    columns(validated),
    runs.map((run) => {
      const { preset, resize } = run.config;
      const of = runFigures(run);
      const shown = <T>(value: T | undefined, words: (value: T) => string) =>
        value === undefined ? "–" : words(value);
      return [
        run.name,
        networkName(run),
        shown(preset, String),
        shown(resize, String),
        String(of.epochs),
        shown(of.examples, count),
        shown(of.parameters, count),
        ...(validated ? [shown(of.validationAccuracy, (value) => decimal(value, 4))] : []),
        shown(of.testAccuracy, (value) => decimal(value, 4)),
        shown(of.trainAccuracy, (value) => decimal(value, 4)),
        shown(of.loss, decimal),
        shown(of.examplesPerSecond, (value) => count(Math.round(value))),
        shown(of.seconds, duration),
        shown(of.peakRssBytes, bytes),
        of.state,
      ];
    }),
  );
};
