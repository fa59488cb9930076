import type { LoggedEvent } from "@mlpconv/trainer";
import { expect, test } from "vitest";
import { sampleEvents } from "../../runs/test/sample-run.js";
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

// d2l: (i + 1) % (num_batches // 5) == 0 or i == num_batches - 1, but for a point so near the end that the last one would be a mean over few batches.
test.each([
  [469, [93, 186, 279, 372, 469]],
  [938, [187, 374, 561, 748, 938]],
  [14, [2, 4, 6, 8, 10, 12, 14]],
  [235, [47, 94, 141, 188, 235]],
  [3, [1, 2, 3]],
  [1, [1]],
])("an epoch of %i steps has points as far apart as d2l's", (steps, shown) => {
  expect(stepsShown(steps)).toEqual(shown);
});

test("points continue over epochs, and tests are at the ends of their epochs", () => {
  const { epochs, points, tests } = curvesOf(sampleEvents());
  expect(epochs).toBe(2);
  expect(points.map(({ x }) => x)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2]);
  points.forEach(({ loss, trainAccuracy }, i) => {
    expect(loss).toBeCloseTo(1 / (i + 1), 12);
    expect(trainAccuracy).toBeCloseTo((i + 1) / 50, 12);
  });
  expect(tests).toEqual([
    { x: 1, accuracy: 0.5 },
    { x: 2, accuracy: 0.6 },
  ]);
});

test("a run that goes on has the points so far", () => {
  const { epochs, points, tests } = curvesOf(sampleEvents().slice(0, 8));
  expect([epochs, points.length, tests.length]).toEqual([2, 3, 0]);
  expect(curvesOf([])).toEqual({ epochs: 0, points: [], tests: [], validations: [] });
});

/** Events of a run whose batch losses fall evenly, the last batch of an epoch being a quarter of the others. */
const falling = (epochs: number): { events: LoggedEvent[]; losses: number[] } => {
  const [stepsPerEpoch, batch, examples] = [20, 64, 19 * 64 + 16];
  const events: LoggedEvent[] = [{ type: "start", epochs, stepsPerEpoch, examples, parameters: 1 }];
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let [sum, seen] = [0, 0];
    for (let stepInEpoch = 1; stepInEpoch <= stepsPerEpoch; stepInEpoch++) {
      const step = (epoch - 1) * stepsPerEpoch + stepInEpoch;
      const size = Math.min(batch, examples - seen);
      losses.push(3 - step / 50);
      sum += losses.at(-1)! * size;
      seen += size;
      const rates = { examplesPerSecond: 1, learningRate: 0.1, trainAccuracy: (3 - sum / seen) / 3 };
      events.push({ type: "step", epoch, step, stepInEpoch, loss: sum / seen, ...rates });
    }
  }
  return { events, losses };
};

test("points are means of batch losses, without a cliff where an epoch begins", () => {
  const { events, losses } = falling(3);
  const { points } = curvesOf(events, 64);
  points.forEach(({ x, loss }) => {
    const end = Math.round(x * 20);
    const [a, b, c, d] = losses.slice(end - 4, end);
    // The last batch of an epoch has 16 images, the others 64.
    const expected = end % 20 === 0 ? (4 * (a! + b! + c!) + d!) / 13 : (a! + b! + c! + d!) / 4;
    expect(loss).toBeCloseTo(expected, 9);
  });
  const falls = points.slice(1).map(({ loss }, i) => points[i]!.loss! - loss!);
  expect(Math.max(...falls) / Math.min(...falls)).toBeLessThan(1.3);
  const gains = points.slice(1).map(({ trainAccuracy }, i) => trainAccuracy - points[i]!.trainAccuracy);
  expect(Math.max(...gains) / Math.min(...gains)).toBeLessThan(1.3);
});

test("the point at an epoch's end is a mean over as many batches as the others, within half", () => {
  for (let steps = 2; steps <= 1000; steps++) {
    const shown = stepsShown(steps);
    const lengths = shown.map((step, i) => step - (shown[i - 1] ?? 0));
    expect(lengths.at(-1)! * 2, `${steps} steps`).toBeGreaterThanOrEqual(lengths[0]!);
  }
});
