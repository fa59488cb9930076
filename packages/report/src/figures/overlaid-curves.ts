// Several runs over one another, one figure a quantity: three lines a run in one figure could not be told apart.
import { type Curves, curvesOf } from "../curves.js";
import type { Run } from "../run.js";
import { seriesColour, seriesCount } from "../themes.js";
import { decimal } from "../words.js";
import { lineChart, type Series } from "./line-chart.js";

const quantities = {
  loss: {
    title: "Loss in training",
    yLabel: "train loss in nats",
    points: ({ points }: Curves) => points.map(({ x, loss }) => [x, loss] as const),
  },
  trainAccuracy: {
    title: "Accuracy in training",
    yLabel: "train accuracy",
    points: ({ points }: Curves) => points.map(({ x, trainAccuracy }) => [x, trainAccuracy] as const),
  },
  testAccuracy: {
    title: "Accuracy on the test images",
    yLabel: "test accuracy",
    points: ({ tests }: Curves) => tests.map(({ x, accuracy }) => [x, accuracy] as const),
  },
};

/** Three fit beside each other on a page. */
const width = 366;

/** What several runs are compared by: "loss" in nats, "trainAccuracy" or "testAccuracy", 0 to 1. */
export type Quantity = keyof typeof quantities;

// Repeats of the eight colours, should there be more runs of as many nets.
const dashes = [undefined, "7 4", "2 3"];

/** Curves of one quantity. Up to eight runs have a colour each; of more, the runs of one net share theirs. */
export const overlaidCurves = (runs: readonly Run[], quantity: Quantity): string => {
  const { title, yLabel, points } = quantities[quantity];
  const groupOf = ({ name, config }: Run) => (runs.length <= seriesCount ? name : config.model);
  const groups = [...new Set(runs.map(groupOf))];
  const curves = runs.map(({ events }) => curvesOf(events));
  const series = runs.map((run, i): Series => {
    const group = groups.indexOf(groupOf(run));
    return {
      label: groups[group]!,
      colour: seriesColour(group),
      dash: dashes[Math.floor(group / seriesCount) % dashes.length],
      points: points(curves[i]!),
    };
  });
  const ends = runs.map(({ name }, i) => `${name} ${decimal(series[i]!.points.at(-1)?.[1] ?? null)}`);
  return lineChart({
    width,
    title: `${title} of ${runs.length} runs`,
    description: `Where they end: ${ends.join(", ")}.`,
    xLabel: "epoch",
    yLabel,
    xMax: Math.max(1, ...curves.map(({ epochs }) => epochs)),
    ...(quantity !== "loss" && { yDomain: [0, 1] as const }),
    series,
    legend: groups.map((group) => series.find(({ label }) => label === group)!),
  });
};
