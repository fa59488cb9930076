import { expect, test } from "vitest";
import { liveCurve } from "./live-curve.js";

const step = (n: number, perEpoch: number, loss: number) => ({
  type: "step" as const,
  epoch: Math.ceil(n / perEpoch),
  step: n,
  stepInEpoch: ((n - 1) % perEpoch) + 1,
  loss,
  trainAccuracy: 0.5,
  examplesPerSecond: 1,
  learningRate: 0.1,
});

test("points are means over the steps since the last, not over the epoch so far", () => {
  const curve = liveCurve(3);
  // Running means 4, 3 and 4: losses of 4, 2 and 6. The next epoch begins anew.
  for (const [n, loss] of [
    [1, 4],
    [2, 3],
    [3, 4],
    [4, 1],
  ] as const)
    curve.step(step(n, 3, loss));
  const { points } = curve.curve();
  expect(points.map(({ loss }) => loss)).toEqual([4, 2, 6, 1]);
  expect(points.map(({ x }) => x)).toEqual([1 / 3, 2 / 3, 1, 4 / 3]);
});

test("a long training has a few hundred points, the last at its end", () => {
  const curve = liveCurve(1000);
  for (let n = 1; n <= 5000; n++) curve.step(step(n, 1000, 1));
  const { points } = curve.curve();
  expect(points.length).toBeGreaterThan(100);
  expect(points.length).toBeLessThan(400);
  expect(points.at(-1)!.x).toBe(5);
  for (const { loss } of points) expect(loss).toBeCloseTo(1, 8);
});

test("a loss that is no number breaks the curve", () => {
  const curve = liveCurve(3);
  curve.step(step(1, 3, Number.NaN));
  expect(curve.curve().points[0]!.loss).toBeNull();
});
