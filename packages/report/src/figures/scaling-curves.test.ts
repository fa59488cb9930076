// Scaling curves: each point where its numbers of nodes and efficiency say.
import { expect, test } from "vitest";
import { elements, texts } from "../../test/svg.js";
import { type ScalingCurve, scalingCurves } from "./scaling-curves.js";

const curve = (batch: number, gigabitsPerSecond: number, efficiencies: number[]): ScalingCurve => ({
  batch,
  gigabitsPerSecond,
  points: efficiencies.map((efficiency, i) => ({ nodes: 2 ** i, efficiency })),
});
const curves = [
  curve(128, 10, [1, 0.9, 0.5]),
  curve(128, 100, [1, 0.95, 0.85]),
  curve(1024, 10, [1, 0.98, 0.9, 0.6, 0.2]),
];
const svg = scalingCurves("NiN: computed, not measured", curves, 0.8);
const lines = elements(svg, "path").filter((path) => path.class === "line");
const corners = (path: string) =>
  [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

test("the title stands in the figure, with a legend of every curve and of the limit", () => {
  expect(texts(svg).slice(0, 5)).toEqual([
    "NiN: computed, not measured",
    "batch 128, 10 Gb/s",
    "batch 128, 100 Gb/s",
    "batch 1024, 10 Gb/s",
    "80 %",
  ]);
});

test("batches differ in colour and networks in dashes", () => {
  const [slow, fast, large] = lines;
  expect(slow!.stroke).toBe(fast!.stroke);
  expect(slow!["stroke-dasharray"]).not.toBe(fast!["stroke-dasharray"]);
  expect(large!.stroke).not.toBe(slow!.stroke);
  expect(large!["stroke-dasharray"]).toBe(slow!["stroke-dasharray"]);
});

test("each doubling of nodes is as wide as the one before, and ticks are powers of two", () => {
  const x = corners(lines[2]!.d!).map(([x]) => x!);
  const steps = x.slice(1).map((end, i) => end - x[i]!);
  for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 1);
  expect(texts(svg)).toEqual(expect.arrayContaining(["1", "2", "4", "8", "16"]));
});

test("the limit is drawn at its efficiency", () => {
  const [one, , end] = corners(lines[2]!.d!).map(([, y]) => y!);
  const [limit] = corners(lines[3]!.d!).map(([, y]) => y!);
  // 1.0 and 0.9 are on the curve, 0.8 as far below.
  expect(limit! - end!).toBeCloseTo(end! - one!, 1);
});

test("the description says how far each curve is efficient", () => {
  expect(svg).toContain(
    "At least 80 % efficient: batch 128 at 10 Gb/s up to 2 nodes, batch 128 at 100 Gb/s up to 4 nodes, batch 1024 at 10 Gb/s up to 4 nodes.",
  );
});
