// Curves: each point where its numbers say.
import { expect, test } from "vitest";
import { elements, sampleEvents, sampleRun, texts } from "../../test/sample-run.js";
import { overlaidCurves } from "./overlaid-curves.js";
import { trainingCurves } from "./training-curves.js";

const lines = (svg: string) => elements(svg, "path").filter((path) => path.class === "line");

/** The corners of a path as fractions of the plot: x of its width, y of its height from below. */
const corners = (svg: string, d: string): [number, number][] => {
  const [, from, to, bottom] = /M([\d.]+) [\d.]+H([\d.]+)" stroke="[^"]+"\/><text x="\d+" y="([\d.]+)"/
    .exec(svg)!
    .map(Number);
  const top = bottom! - 4 - 220;
  return [...d.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [
    (Number(x) - from!) / (to! - from!),
    1 - (Number(y) - top) / 220,
  ]);
};

test("a run has three lines, told apart by colour and by dashes", () => {
  const svg = trainingCurves(sampleRun());
  expect(texts(svg).slice(0, 3)).toEqual(["train loss", "train acc", "test acc"]);
  const drawn = lines(svg);
  expect(new Set(drawn.map(({ stroke }) => stroke)).size).toBe(3);
  expect(new Set(drawn.map((path) => path["stroke-dasharray"])).size).toBe(3);
});

test("points are where their epoch and value say", () => {
  const svg = trainingCurves(sampleRun());
  const [loss, train, tested] = lines(svg).map(({ d }) => corners(svg, d!));
  expect(loss).toHaveLength(10);
  expect(train).toHaveLength(10);
  // The largest loss that is drawn is that of step 2: 1. The axis goes from 0 to it.
  loss!.forEach(([x, y], i) => {
    expect(x).toBeCloseTo((i + 1) / 10, 3);
    expect(y).toBeCloseTo(1 / (i + 1), 3);
  });
  train!.forEach(([, y], i) => {
    expect(y).toBeCloseTo((2 * (i + 1)) / 100, 3);
  });
  expect(tested!.flat().map((value) => Number(value.toFixed(3)))).toEqual([0.5, 0.5, 1, 0.6]);
});

test("a loss that was no number breaks its line, and the figure says NaN", () => {
  const events = sampleEvents().map((event) =>
    "loss" in event && event.step > 14 ? { ...event, loss: JSON.parse("null") } : event,
  );
  const svg = trainingCurves(sampleRun({ events }));
  const [loss, train] = lines(svg).map(({ d }) => corners(svg, d!));
  expect([loss!.length, train!.length]).toEqual([7, 10]);
  expect(svg).toContain("train loss NaN");
});

test("a line of one point is a dot", () => {
  const svg = trainingCurves(sampleRun({ events: sampleEvents(1) }));
  expect(elements(svg, "circle")).toHaveLength(1);
});

test("a run that has not begun has axes", () => {
  const svg = trainingCurves(sampleRun({ events: [] }));
  expect(svg).toContain("Nothing was trained yet");
  expect(lines(svg).map(({ d }) => d)).toEqual(["", "", ""]);
});

const named = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    sampleRun({ name: `r${i}`, config: { model: i % 2 ? "nin" : "alexnet", dataset: "fashion-mnist" } }),
  );

test("several runs are laid over one another, a colour and a name each", () => {
  const svg = overlaidCurves(named(8), "testAccuracy");
  expect(texts(svg).slice(0, 8)).toEqual(named(8).map(({ name }) => name));
  expect(new Set(lines(svg).map(({ stroke }) => stroke)).size).toBe(8);
});

test("with more runs than colours, those of one net share theirs", () => {
  const svg = overlaidCurves(named(9), "loss");
  expect(texts(svg).slice(0, 2)).toEqual(["alexnet", "nin"]);
  expect(lines(svg)).toHaveLength(9);
  expect(new Set(lines(svg).map(({ stroke }) => stroke)).size).toBe(2);
});
