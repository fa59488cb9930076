// The logarithmic y axis.
import { expect, test } from "vitest";
import { elements, texts } from "../../test/svg.js";
import { lineChart } from "./line-chart.js";

const chart = (values: readonly (number | null)[], yDecades = true) =>
  lineChart({
    width: 400,
    title: "t",
    description: "d",
    xLabel: "step",
    yLabel: "gradient",
    xMax: values.length - 1,
    yDecades,
    series: [{ label: "a", colour: "red", points: values.map((value, x) => [x, value] as const) }],
  });
const heights = (svg: string) =>
  [
    ...elements(svg, "path")
      .find((path) => path.class === "line")!
      .d!.matchAll(/,([\d.]+)/g),
  ].map(([, y]) => Number(y));

test("each power of ten is as high as the next, between powers around the values", () => {
  const svg = chart([0.02, 0.2, 2, 20]);
  expect(texts(svg)).toEqual(expect.arrayContaining(["10⁻²", "0.1", "1", "10", "100"]));
  expect(texts(svg)).not.toContain("1000");
  const [a, b, c] = heights(svg);
  // 220 pixels for four powers.
  expect(a! - b!).toBeCloseTo(55, 1);
  expect(b! - c!).toBeCloseTo(55, 1);
});

test("a value that has no logarithm breaks the line", () => {
  const line = elements(chart([1, 10, 0, -1, 100, 10]), "path").find((path) => path.class === "line")!;
  expect(line.d!.match(/M/g)).toHaveLength(2);
  expect(heights(chart([1, 10, 0, -1, 100, 10]))).toHaveLength(4);
});

test("numbers below the x axis have room", () => {
  const steps = (xMax: number, width: number) =>
    elements(
      lineChart({ width, title: "t", description: "d", xLabel: "step", yLabel: "y", xMax, series: [] }),
      "text",
    ).flatMap(({ x, y }) => (y === "252" ? [Number(x)] : []));
  // 340 pixels for 0 to 600; with ten and more numbers there were 25 pixels for each.
  const places = steps(675, 400);
  expect(places).toHaveLength(7);
  expect(places[1]! - places[0]!).toBeGreaterThan(40);
  expect(steps(10, 400)).toHaveLength(11);
});

test("one value, or none, still has an axis", () => {
  expect(texts(chart([10, 10]))).toEqual(expect.arrayContaining(["10", "100"]));
  expect(texts(chart([null, 0]))).toEqual(expect.arrayContaining(["0.1", "1"]));
});
