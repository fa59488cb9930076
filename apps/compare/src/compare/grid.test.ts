import { Problem } from "@mlpconv/cli-kit";
import { describe, expect, it, test } from "vitest";
import { combinationsOf, type GridAxis, gridKind } from "./grid.js";
import { bestUntil, goingOn, ranked, rungsOf } from "./halving.js";

const read = (text: string): GridAxis[] => {
  const found = gridKind.read(text, "--grid");
  if (!Array.isArray(found)) throw new Error(`got ${found instanceof Problem ? found.messages : found}`);
  return found;
};

describe("gridKind", () => {
  const rates = { place: "learningRate", name: "lr", values: [0.01, 0.03] };
  const batches = { place: "batchSize", name: "batch-size", values: [64, 128] };

  // Commander joins the words of several arguments by a comma.
  it.each(["lr=.01,.03 batch-size=64,128", "lr=.01,.03,batch-size=64,128", " lr=.01, .03  batch-s=64,128 "])(
    "reads %j as settings with values, by their flags or the beginning of one",
    (text) => expect(read(text)).toEqual([rates, batches]),
  );

  it("reads names and switches", () => {
    expect(read("optimizer=sgd,adam flip=true,false").map(({ values }) => values)).toEqual([
      ["sgd", "adam"],
      [true, false],
    ]);
  });

  it.each([
    ["lr", /expected --grid lr with values, got none; write lr=, and/],
    ["lr = 0.1,0.2", /expected --grid lr with values, got none/],
    ["=0.1", /to name settings as in lr=0\.01,0\.1 .*, got ""/],
    ["batch=64,128", /got "batch", with which batch-size and batch-norm begin; write the one you mean/],
    ["learningRate=0.1", /got "learningRate"; did you mean "lr"\?/],
    ["optimizer=sgd,sgd", /expected --grid optimizer with each value once, got sgd twice/],
    ["lr=.1,0.10", /with each value once, got 0\.1 twice; leave one of them out/],
    ["lr=0.1,,1", /expected --grid lr to be a number above 0.*, got ""/],
    ["lr=0.01..0.1", /expected --grid lr to be a number above 0.*, got "0\.01\.\.0\.1"/],
    ["flip=on,off", /expected --grid flip to be true or false, got "on"/],
    ["batchsize=1", /got "batchsize"; did you mean "batch-size"\?/],
    [
      "epochs=1,2",
      /settings in which runs may differ, got epochs, which all runs share; pass --epochs beside --grid/,
    ],
    ["augment=flip", /settings with lists of values, got augment; pass --augment beside --grid/],
    ["lr=0.1,x", /expected --grid lr to be a number above 0, such as 0\.05, got "x"/],
    ["lr=", /expected --grid lr to be a number above 0.*, got ""/],
    ["lr=0.1 lr=0.2", /expected --grid with lr once, got it twice; put all its values into one list/],
  ])("refuses %j", (text, message) => {
    const found = gridKind.read(text, "--grid");
    expect((found as Problem).messages.join("\n")).toMatch(message);
  });
});

test("a grid has every combination, in the words of flags; without a grid there is one without changes", () => {
  const all = combinationsOf(read("lr=0.01,0.1 flip=true,false"));
  expect(all.map(({ words }) => words)).toEqual([
    "--lr 0.01 --flip",
    "--lr 0.01 --no-flip",
    "--lr 0.1 --flip",
    "--lr 0.1 --no-flip",
  ]);
  expect(all[3]).toMatchObject({ changes: { learningRate: 0.1, flip: false }, suffix: "lr0.1-flipfalse" });
  expect(combinationsOf()).toEqual([{ changes: {}, suffix: "", words: "" }]);
});

test("names of folders have no plus sign, and the end of a long one is a hash that tells combinations apart", () => {
  const suffixes = (text: string) => combinationsOf(read(text)).map(({ suffix }) => suffix);
  expect(suffixes("clip=1e21,1e-7")).toEqual(["clip1e21", "clip1e-7"]);
  const long = suffixes(
    "lr=0.001 batch-size=64 momentum=0.95 weight-decay=0.0001 label-smoothing=0.1 clip=1,2",
  );
  expect(long[0]).toMatch(/^lr0\.001-batch-size64-momentum0\.95-weight-decay0-[0-9a-f]{8}$/);
  expect(long[0]).toHaveLength(56);
  expect(new Set(long).size).toBe(2);
});

test("rungs are the quarters of the epochs, where there are so many", () => {
  expect([1, 2, 3, 4, 10].map(rungsOf)).toEqual([[1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [2, 5, 7, 10]]);
});

test("an accuracy counts up to the rung, and the best one does", () => {
  const event = (epoch: number, validationAccuracy: number) => ({
    ...{
      type: "epoch" as const,
      epoch,
      step: epoch,
      loss: 1,
      trainAccuracy: 0,
      examplesPerSecond: 1,
      seconds: 1,
    },
    validationAccuracy,
  });
  const log = [event(1, 0.5), event(2, 0.4), event(3, 0.9)];
  expect([1, 2, 3].map((rung) => bestUntil(log, rung))).toEqual([0.5, 0.5, 0.9]);
  expect(bestUntil([], 1)).toBeUndefined();
});

test("the median over seeds ranks, equal ones keep their order, and what failed is last", () => {
  const contenders = [
    { of: "failed", accuracies: [0.9, undefined] },
    { of: "first", accuracies: [0.4, 0.6] },
    { of: "second", accuracies: [0.5, 0.5] },
    { of: "best", accuracies: [0.7, 0.7] },
  ];
  expect(ranked(contenders)).toEqual([
    { of: "best", accuracy: 0.7 },
    { of: "first", accuracy: 0.5 },
    { of: "second", accuracy: 0.5 },
    { of: "failed", accuracy: undefined },
  ]);
});

test("the best third goes on, with those that are equal to the last of them", () => {
  const goOn = (...accuracies: (number | undefined)[]) =>
    goingOn(accuracies.map((accuracy) => ({ accuracy })));
  expect(goOn(0.9, 0.8, 0.7, 0.6)).toBe(2);
  expect(goOn(0.9, 0.1, 0.1, 0.1, 0.1)).toBe(5);
  expect(goOn(0.9, 0.9, 0.8)).toBe(2);
  expect(goOn(0.1, 0.1, 0.1, undefined)).toBe(3);
  expect(goOn(undefined, undefined, undefined)).toBe(1);
  expect(goOn()).toBe(0);
});
