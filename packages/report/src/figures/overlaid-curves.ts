// Several runs over one another, one figure a quantity: three lines a run in one figure could not be told apart.

import type { Run } from "@mlpconv/runs";
import { type Curves, curvesOf } from "../curves.js";
import { decimal } from "../format.js";
import { repeatsOf } from "../same-settings.js";
import { seriesColour, seriesCount } from "../themes.js";
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
  validationAccuracy: {
    title: "Accuracy on held-out images",
    yLabel: "validation accuracy",
    points: ({ validations }: Curves) => validations.map(({ x, accuracy }) => [x, accuracy] as const),
  },
};

/** Three fit beside each other on a page. */
const width = 366;

/** What several runs are compared by: "loss" in nats, "trainAccuracy", "testAccuracy" or "validationAccuracy", 0 to 1. */
export type Quantity = keyof typeof quantities;

// Repeats of the eight colours, should there be more networks.
const dashes = [undefined, "7 4", "2 3"];

/** Stroke of a line that is one of several seeds'. */
const thin = 1;

/** Curves of one quantity: a colour for each network and its settings, a thin line for each of its seeds. */
export const overlaidCurves = (runs: readonly Run[], quantity: Quantity): string => {
  const { title, yLabel, points } = quantities[quantity];
  const curves = runs.map(({ events, config }) => curvesOf(events, config.batchSize));
  const groups = repeatsOf(runs).map(({ label, runs: group }, i): Series[] =>
    group.map((run) => ({
      label,
      colour: seriesColour(i),
      dash: dashes[Math.floor(i / seriesCount) % dashes.length],
      width: group.length > 1 ? thin : undefined,
      points: points(curves[runs.indexOf(run)]!),
    })),
  );
  const ends = runs.map(({ name }, i) => `${name} ${decimal(points(curves[i]!).at(-1)?.[1] ?? null)}`);
  return lineChart({
    width,
    title: `${title} of ${runs.length} runs`,
    description: `Where they end: ${ends.join(", ")}.`,
    xLabel: "epoch",
    yLabel,
    xMax: Math.max(1, ...curves.map(({ epochs }) => epochs)),
    ...(quantity !== "loss" && { yDomain: [0, 1] as const }),
    series: groups.flat(),
    legend: groups.map(([first]) => ({ ...first!, width: undefined })),
  });
};
