// Curves in the terminal: loss, and accuracy on training and test images, over the epochs.
/// <reference path="./asciichart.d.ts" />
import { styleText } from "node:util";
import { meanSince, type RunningMean } from "@mlpconv/runs";
import type { EpochEvent, StepEvent } from "@mlpconv/trainer";
import { plot } from "asciichart";

/** One column of the chart: means over the batches since the previous column. */
interface Point {
  loss: number;
  trainAccuracy: number;
}

export interface Curves {
  points: Point[];
  /** The column of each epoch's test figures. */
  tests: { at: number; accuracy: number }[];
}

/** Collects the points of a chart from a run's events; `columns` is the largest width. */
export const recordCurves = (
  epochs: number,
  { batches: stepsPerEpoch, batchSize, examples }: { batches: number; batchSize: number; examples: number },
  columns: number,
) => {
  const curves: Curves = { points: [], tests: [] };
  const perEpoch = Math.max(1, Math.min(stepsPerEpoch, Math.floor(columns / epochs)));
  // With more epochs than columns, a point covers several epochs.
  const everyEpochs = Math.ceil(epochs / columns);
  let last: { epoch: number; loss: RunningMean; accuracy: RunningMean } | undefined;
  return {
    curves,
    step: ({ epoch, stepInEpoch, loss, trainAccuracy }: StepEvent): void => {
      const [before, now] = [stepInEpoch - 1, stepInEpoch].map((i) =>
        Math.floor((i * perEpoch) / stepsPerEpoch),
      );
      if (now! <= before! || epoch % everyEpochs !== 0) return;
      const count = Math.min(stepInEpoch * batchSize, examples);
      const point = { epoch, loss: { mean: loss, count }, accuracy: { mean: trainAccuracy, count } };
      const since = last?.epoch === epoch ? last : undefined;
      last = point;
      curves.points.push({
        loss: meanSince(since?.loss, point.loss) ?? Number.NaN,
        trainAccuracy: meanSince(since?.accuracy, point.accuracy)!,
      });
    },
    epoch: ({ epoch, testAccuracy }: EpochEvent): void => {
      if (testAccuracy === undefined || epoch % everyEpochs !== 0) return;
      curves.tests.push({ at: curves.points.length - 1, accuracy: testAccuracy });
    },
  };
};

interface Line {
  values: readonly number[];
  /** Column of the first value. */
  from: number;
  symbols: readonly string[];
  colour: "cyan" | "magenta";
}

const rows = 8;
const trainSymbols = ["┼", "┤", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"];
const testSymbols = ["●", " ", "╶", "╴", "═", "╚", "╔", "╗", "╝", "║"];

/** Draws each line separately on the same axes and overlays them, because asciichart cannot draw a line that starts late. */
const chart = (lines: readonly Line[], colours: boolean): string[] => {
  const all = lines.flatMap((line) => line.values);
  let [min, max] = [Math.min(...all), Math.max(...all)];
  if (max - min < 1e-3) [min, max] = [min - 0.01, max + 0.01];
  const decimals = max - min < 0.1 ? 3 : 2;
  const label = (value: number) => value.toFixed(decimals).padStart(6);
  const drawn = lines.map(({ values, symbols }) =>
    plot(values, { min, max, height: rows, offset: 2, format: label, symbols }).split("\n"),
  );
  return drawn[0]!.map((first, row) => {
    const cells = [...`${first.slice(0, 6)} `];
    lines.forEach(({ from, colour }, i) => {
      for (const [column, symbol] of [...drawn[i]![row]!.slice(6)].entries()) {
        if (symbol === " ") continue;
        const axis = column === 0 && from === 0;
        cells[7 + from + column] =
          colours && !axis ? styleText(colour, symbol, { validateStream: false }) : symbol;
      }
    });
    return Array.from(cells, (cell) => cell ?? " ")
      .join("")
      .trimEnd();
  });
};

/** Values of every column: linear interpolation between the test figures of two epochs. */
const between = (tests: Curves["tests"]): number[] => {
  const values: number[] = [];
  tests.forEach(({ at, accuracy }, i) => {
    const last = tests[i - 1];
    if (!last) values.push(accuracy);
    else
      for (let x = last.at + 1; x <= at; x++) {
        values.push(last.accuracy + ((accuracy - last.accuracy) * (x - last.at)) / (at - last.at));
      }
  });
  return values;
};

/** The lines of two charts; empty when there is nothing to draw yet. */
export const drawCurves = (
  { points, tests }: Curves,
  { epochs, colours }: { epochs: number; colours: boolean },
): string[] => {
  if (points.length < 2) return [];
  const train = (values: number[]): Line => ({ values, from: 0, symbols: trainSymbols, colour: "cyan" });
  const test: Line[] = tests[0]
    ? [{ values: between(tests), from: tests[0].at, symbols: testSymbols, colour: "magenta" }]
    : [];
  const words = `epochs 1 to ${epochs}`;
  return [
    `loss in training, ${epochs === 1 ? "epoch 1" : words}`,
    ...chart([train(points.map(({ loss }) => loss))], colours),
    "",
    `accuracy: ─ in training${test.length > 0 ? `, ${tests.length > 1 ? "═" : "●"} on the test images` : ""}`,
    ...chart([train(points.map(({ trainAccuracy }) => trainAccuracy)), ...test], colours),
  ];
};
