// Curves: each point where its numbers say.
import { expect, test } from "vitest";
import { sampleEvents, sampleRun } from "../../../runs/test/sample-run.js";
import { elements, texts } from "../../test/svg.js";
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

test("a run has three lines, which differ in colour and dashes", () => {
  const svg = trainingCurves(sampleRun());
  expect(texts(svg).slice(0, 3)).toEqual(["train loss", "train acc", "test acc"]);
  const drawn = lines(svg);
  expect(new Set(drawn.map(({ stroke }) => stroke)).size).toBe(3);
  expect(new Set(drawn.map((path) => path["stroke-dasharray"])).size).toBe(3);
});

test("points lie at their epoch and value", () => {
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

test("images that are held out have a line of their own", () => {
  const events = sampleEvents().map((event) =>
    event.type === "epoch" ? { ...event, validationAccuracy: event.epoch / 4, validationLoss: 1 } : event,
  );
  const svg = trainingCurves(sampleRun({ events }));
  expect(texts(svg).slice(0, 4)).toEqual(["train loss", "train acc", "test acc", "val acc"]);
  const drawn = corners(svg, lines(svg)[3]!.d!).flat();
  expect(drawn.map((value) => Number(value.toFixed(3)))).toEqual([0.5, 0.25, 1, 0.5]);
  expect(svg).toContain("validation accuracy 0.5");
});

test("a loss of NaN breaks its line, and the figure says NaN", () => {
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

test("a run that has not begun has axes and no lines", () => {
  const svg = trainingCurves(sampleRun({ events: [] }));
  expect(svg).toContain("Nothing was trained yet");
  expect(lines(svg).map(({ d }) => d)).toEqual(["", "", ""]);
});

const repeated = (models: string[], seeds: number, more: object = {}) =>
  models.flatMap((model) =>
    Array.from({ length: seeds }, (_, seed) =>
      sampleRun({
        name: `${model}-seed${seed}`,
        config: {
          model,
          seed,
          engine: seed > 0 ? "wasm" : "native",
          data: { name: "fashion-mnist" },
          ...more,
        },
      }),
    ),
  );

test("a network has a colour, and each of its seeds a thin line of it", () => {
  const svg = overlaidCurves(repeated(["lenet", "alexnet", "vgg11", "nin"], 3), "testAccuracy");
  expect(texts(svg).slice(0, 4)).toEqual(["lenet", "alexnet", "vgg11", "nin"]);
  const drawn = lines(svg);
  expect(drawn).toHaveLength(12);
  expect(new Set(drawn.map(({ stroke }) => stroke)).size).toBe(4);
  for (let i = 0; i < 12; i += 3)
    expect(new Set(drawn.slice(i, i + 3).map(({ stroke }) => stroke)).size).toBe(1);
  expect(drawn.map((path) => path["stroke-width"])).toEqual(Array(12).fill("1"));
});

test("runs of one network that differ in a setting have a colour and a name each", () => {
  const runs = [
    ...repeated(["nin"], 2),
    sampleRun({ name: "fast", config: { model: "nin", data: { name: "fashion-mnist" }, learningRate: 0.2 } }),
  ];
  const svg = overlaidCurves(runs, "loss");
  expect(texts(svg).slice(0, 2)).toEqual(["nin (nin-seed0)", "fast"]);
  expect(lines(svg).map((path) => path["stroke-width"])).toEqual(["1", "1", "2"]);
  expect(new Set(lines(svg).map(({ stroke }) => stroke)).size).toBe(2);
});

test("networks differ by dashes when there are more of them than colours", () => {
  const models = Array.from({ length: 10 }, (_, i) => `net${i}`);
  const drawn = lines(overlaidCurves(repeated(models, 1), "loss"));
  expect(new Set(drawn.map((path) => `${path.stroke} ${path["stroke-dasharray"]}`)).size).toBe(10);
});
