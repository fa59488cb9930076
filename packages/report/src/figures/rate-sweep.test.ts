// The figure of a sweep of learning rates.
import { expect, test } from "vitest";
import { elements, texts } from "../../test/svg.js";
import { rateSweep } from "./rate-sweep.js";

const steps = Array.from({ length: 41 }, (_, i) => ({
  learningRate: 10 ** (-5 + i / 10),
  loss: i < 35 ? 2.3 - i / 20 : 4,
}));
const svg = rateSweep("lenet on synthetic", steps, 0.01);
const lines = elements(svg, "path").filter((path) => path.class === "line");
const corners = (path: string) =>
  [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

test("each power of ten is as wide as the next, with its value below", () => {
  expect(texts(svg)).toEqual(expect.arrayContaining(["0.00001", "0.0001", "0.001", "0.01", "0.1"]));
  const x = corners(lines[0]!.d!).map(([x]) => x);
  expect(x[10]! - x[0]!).toBeCloseTo(x[20]! - x[10]!, 1);
});

test("the suggestion is a line at its rate, in the legend and the description", () => {
  const [first, last] = corners(lines[1]!.d!);
  expect(first![0]).toBe(last![0]);
  expect(first![0]).toBeCloseTo(corners(lines[0]!.d!)[30]![0], 1);
  expect(texts(svg)).toContain("suggestion: 0.01");
  expect(svg).toContain("suggested rate 0.01.");
});

test("without a suggestion there is no such line", () => {
  const plain = rateSweep("lenet on synthetic", steps, undefined);
  expect(elements(plain, "path").filter((path) => path.class === "line")).toHaveLength(1);
  expect(plain).toContain("no rate is suggested");
});
