import { expect, test } from "vitest";
import { fitLine, type NodeCosts, scaling, scalingLimits, stepSeconds } from "./scaling-model.js";

const costs: NodeCosts = {
  secondsPerImage: 0.01,
  secondsPerShard: 0,
  parameters: 1_000_000,
  secondsPerFloat: 0,
  secondsPerMessage: 0,
};

test("a line is fitted to points that lie on it, and between points that do not", () => {
  const [atZero, slope] = fitLine([1, 2, 4, 8].map((x) => [x, 3 + 0.5 * x]));
  expect([atZero, slope]).toEqual([expect.closeTo(3, 10), expect.closeTo(0.5, 10)]);
  expect(fitLine([[0, 1], [0, 3], [2, 2], [2, 4]])).toEqual([2, 0.5]); // biome-ignore format: a point a pair
  expect(() => fitLine([[1, 1], [1, 2]])).toThrow("at least two different x"); // biome-ignore format: a point a pair
});

test("a step is compute alone on one node, and compute and the network on several", () => {
  expect(stepSeconds(costs, 10, 128, 1)).toBeCloseTo(1.28, 10);
  // 4 MB, of which three quarters go out twice: 6 MB at 1.25 GB/s.
  expect(stepSeconds(costs, 10, 128, 4)).toBeCloseTo(0.32 + 0.0048, 10);
  expect(stepSeconds(costs, 100, 128, 4)).toBeCloseTo(0.32 + 0.00048, 10);
});

test("each cost has its part of a step", () => {
  const withCosts = (some: Partial<NodeCosts>) =>
    stepSeconds({ ...costs, ...some }, 10, 128, 4) - stepSeconds(costs, 10, 128, 4);
  expect(withCosts({ secondsPerShard: 0.002 })).toBeCloseTo(0.002, 10);
  // Two ranks take 1 ms, which is half of the floats twice; four take three quarters of them twice.
  expect(withCosts({ secondsPerFloat: 1e-9 })).toBeCloseTo(0.0015, 10);
  expect(stepSeconds({ ...costs, secondsPerFloat: 1e-9 }, 10, 128, 2) - stepSeconds(costs, 10, 128, 2)).toBeCloseTo(0.001, 10); // biome-ignore format: one sum
  expect(withCosts({ secondsPerMessage: 1e-4 })).toBeCloseTo(6e-4, 10);
});

test("nodes without a network's costs scale without loss, to one image a node", () => {
  const points = scaling({ ...costs, parameters: 0 }, 10, 100);
  expect(points.map(({ nodes }) => nodes)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  for (const { efficiency } of points) expect(efficiency).toBeCloseTo(1, 10);
  expect(scalingLimits(points)).toEqual({
    efficientNodes: 64,
    fastestNodes: 64,
    fastestImagesPerSecond: expect.closeTo(6400, 6),
  });
});

test("scaling ends before the first number of nodes below 80 %, and is fastest where messages cost more than they save", () => {
  const points = scaling({ ...costs, parameters: 0, secondsPerMessage: 1e-3 }, 10, 128);
  // 16 nodes: 80 ms of compute and 30 messages of 1 ms. 8 nodes: 160 ms and 14.
  expect(points[4]!.efficiency).toBeCloseTo(80 / 110, 10);
  // 32: 40 + 62 ms.
  const { efficientNodes, fastestNodes, fastestImagesPerSecond } = scalingLimits(points);
  expect([efficientNodes, fastestNodes]).toEqual([8, 32]);
  expect(fastestImagesPerSecond).toBeCloseTo(128 / 0.102, 6);
});

test("a larger batch and a faster network scale further", () => {
  const end = (gigabits: number, batch: number) =>
    scalingLimits(scaling(costs, gigabits, batch)).efficientNodes;
  expect(end(10, 1024)).toBeGreaterThan(end(10, 128));
  expect(end(100, 128)).toBeGreaterThan(end(10, 128));
});
