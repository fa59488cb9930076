import type { LoggedEvent } from "@mlpconv/trainer";
import { expect, test } from "vitest";
import { sampleEvents } from "../test/sample-run.js";
import { curvesOf } from "./curves.js";

const run = (stepsPerEpoch: number): LoggedEvent[] => [
  { type: "start", epochs: 1, stepsPerEpoch, examples: 128 * stepsPerEpoch, parameters: 1 },
  ...Array.from(
    { length: stepsPerEpoch },
    (_, i): LoggedEvent => ({
      type: "step",
      epoch: 1,
      step: i + 1,
      stepInEpoch: i + 1,
      loss: 1,
      trainAccuracy: 0.5,
      examplesPerSecond: 1,
      learningRate: 0.1,
    }),
  ),
];
const stepsShown = (stepsPerEpoch: number) =>
  curvesOf(run(stepsPerEpoch)).points.map(({ x }) => Math.round(x * stepsPerEpoch));

// d2l: (i + 1) % (num_batches // 5) == 0 or i == num_batches - 1.
test.each([
  [469, [93, 186, 279, 372, 465, 469]],
  [235, [47, 94, 141, 188, 235]],
  [3, [1, 2, 3]],
  [1, [1]],
])("an epoch of %i steps has d2l's points", (steps, shown) => {
  expect(stepsShown(steps)).toEqual(shown);
});

test("points carry on over epochs, and tests stand at the ends of theirs", () => {
  const { epochs, points, tests } = curvesOf(sampleEvents());
  expect(epochs).toBe(2);
  expect(points.map(({ x }) => x)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2]);
  expect(points[5]).toEqual({ x: 1.2, loss: 2 / 12, trainAccuracy: 0.12 });
  expect(tests).toEqual([
    { x: 1, accuracy: 0.5 },
    { x: 2, accuracy: 0.6 },
  ]);
});

test("a run that goes on has the points so far", () => {
  const { epochs, points, tests } = curvesOf(sampleEvents().slice(0, 8));
  expect([epochs, points.length, tests.length]).toEqual([2, 3, 0]);
  expect(curvesOf([])).toEqual({ epochs: 0, points: [], tests: [] });
});
