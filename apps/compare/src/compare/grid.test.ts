import { Problem } from "@mlpconv/cli-kit";
import { describe, expect, it, test } from "vitest";
import { combinationsOf, type GridAxis, gridKind } from "./grid.js";
import { bestUntil, ranked, rungsOf } from "./halving.js";

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

  it("reads names and switches, and a value that is given twice once", () => {
    expect(read("optimizer=sgd,sgd flip=true,false").map(({ values }) => values)).toEqual([
      ["sgd"],
      [true, false],
    ]);
  });

  it.each([
    ["lr", /to name settings as in lr=0\.01,0\.1 .*, got "lr"/],
    ["batchsize=1", /got "batchsize=1"; did you mean "batch-size"\?/],
    ["epochs=1,2", /to name settings as in/],
    ["augment=flip", /to name settings as in/],
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
