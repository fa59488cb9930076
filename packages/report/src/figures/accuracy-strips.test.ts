// Dots of runs in rows, their medians beside them.
import { expect, test } from "vitest";
import { elements, texts } from "../../test/svg.js";
import { accuracyStrips } from "./accuracy-strips.js";

const svg = accuracyStrips("Two ways", [
  { label: "ours", accuracies: [0.92, 0.9, 0.91] },
  { label: "the <chapter's>", accuracies: [0.1, 0.8] },
]);

test("a run is a dot at its accuracy, in the row of its kind", () => {
  const dots = elements(svg, "circle");
  const [a, b, c, low, high] = dots.map(({ cx }) => Number(cx));
  expect(a! - c!).toBeCloseTo(c! - b!, 1);
  expect((high! - low!) / (a! - b!)).toBeCloseTo(0.7 / 0.02, 0);
  expect(dots.map(({ cy }) => Number(cy))).toEqual([22, 22, 22, 46, 46]);
});

test("runs that differ by a thousandth stand close together", () => {
  const close = accuracyStrips("Alike", [{ label: "ours", accuracies: [0.931, 0.932] }]);
  const [a, b] = elements(close, "circle").map(({ cx }) => Number(cx));
  expect(b! - a!).toBeGreaterThan(2);
  expect(b! - a!).toBeLessThan(12);
});

test("the median is in the figure, and in the description with the number of runs", () => {
  expect(texts(svg)).toEqual(expect.arrayContaining(["0.910", "0.450"]));
  expect(svg).toContain("ours 0.910 (3 runs), the &lt;chapter&#39;s&gt; 0.450 (2 runs)");
});
