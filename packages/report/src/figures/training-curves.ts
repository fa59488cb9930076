// One run as d2l draws it: loss in training, accuracy in training and on the test images, on the same axes.

import type { Run } from "@mlpconv/runs";
import { curvesOf } from "../curves.js";
import { decimal } from "../format.js";
import { seriesColour } from "../themes.js";
import { lineChart } from "./line-chart.js";

/** Readable on a phone, and two fit beside each other. */
const width = 440;

/** Loss, training and test accuracy of a run over its epochs, as SVG; of a run that goes on, as far as it is. */
export const trainingCurves = ({ name, config, events }: Run): string => {
  const { epochs, points, tests, validations } = curvesOf(events, config.batchSize);
  const last = points.at(-1);
  const test = tests.at(-1);
  const validation = validations.at(-1);
  const seen = last
    ? `After ${decimal(last.x, Number.isInteger(last.x) ? 0 : 1)} of ${epochs} epochs: train loss ${decimal(last.loss)}, train accuracy ${decimal(last.trainAccuracy)}`
    : "Nothing was trained yet";
  return lineChart({
    width,
    title: `Training curves of ${name}`,
    description: `${config.model} on ${config.data.name}. ${seen}${validation ? `, validation accuracy ${decimal(validation.accuracy)}` : ""}${test ? `, test accuracy ${decimal(test.accuracy)}` : ""}.`,
    xLabel: "epoch",
    yLabel: "loss in nats, accuracy",
    xMax: Math.max(1, epochs),
    series: [
      {
        label: "train loss",
        colour: seriesColour(0),
        points: points.map(({ x, loss }) => [x, loss] as const),
      },
      {
        label: "train acc",
        colour: seriesColour(3),
        dash: "7 4",
        points: points.map(({ x, trainAccuracy }) => [x, trainAccuracy] as const),
      },
      {
        label: "test acc",
        colour: seriesColour(2),
        dash: "8 3 2 3",
        points: tests.map(({ x, accuracy }) => [x, accuracy] as const),
      },
      ...(validation
        ? [
            {
              label: "val acc",
              colour: seriesColour(1),
              dash: "2 3",
              points: validations.map(({ x, accuracy }) => [x, accuracy] as const),
            },
          ]
        : []),
    ],
  });
};
