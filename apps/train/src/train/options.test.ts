import { type TypedFlags, UsageError } from "@mlpconv/cli-kit";
import { modelNames } from "@mlpconv/models";
import { describe, expect, it } from "vitest";
import { readTrainOptions } from "./options.js";

const problems = (flags: TypedFlags): readonly string[] => {
  try {
    readTrainOptions(flags);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
};

describe("readTrainOptions", () => {
  it("leaves to the preset what nobody said", () => {
    expect(readTrainOptions({})).toEqual({ engine: "auto", resume: false, json: false });
    expect(Object.keys(readTrainOptions({}))).not.toContain("epochs");
  });

  it("turns text into what it means", () => {
    const flags = {
      model: "nin",
      preset: "best",
      engine: "wasm",
      resize: "96",
      epochs: "2",
      batchSize: "64",
      lr: "5e-2",
      seed: "7",
      limit: "6400",
      data: "somewhere",
      run: "nin-1",
      json: true,
    };
    expect(readTrainOptions(flags)).toEqual({
      model: "nin",
      preset: "best",
      engine: "wasm",
      resize: 96,
      epochs: 2,
      batchSize: 64,
      learningRate: 0.05,
      seed: 7,
      limit: 6400,
      data: "somewhere",
      run: "nin-1",
      resume: false,
      json: true,
    });
  });

  it.each([
    [
      "model",
      "nim",
      `expected --model to be one of ${modelNames.join(", ")}, got "nim"; did you mean "nin"?`,
    ],
    ["model", "NINMNIST", /got "NINMNIST"; did you mean "ninMnist"\?$/],
    ["model", "vgg-11", /did you mean "vgg11"\?$/],
    [
      "preset",
      "qick",
      'expected --preset to be one of quick, d2l, best, pictures, got "qick"; did you mean "quick"?',
    ],
    ["engine", "wams", /^expected --engine to be one of auto, .*got "wams"; did you mean "wasm"\?$/],
    ["batchSize", "0", 'expected --batch-size to be a whole number from 1 to 1000000000, got "0"'],
    ["batchSize", "2.5", /got "2.5"$/],
    ["epochs", "-3", 'expected --epochs to be a whole number from 1 to 10000, got "-3"'],
    ["epochs", "", /got ""$/],
    ["epochs", "1e3", /got "1e3"$/],
    ["lr", "NaN", 'expected --lr to be a number above 0, such as 0.05, got "NaN"'],
    ["lr", "0", /got "0"$/],
    ["lr", "-0.1", /got "-0.1"$/],
    ["lr", "Infinity", /got "Infinity"$/],
    ["lr", "0,05", /got "0,05"$/],
    ["resize", "224px", 'expected --resize to be a whole number from 1 to 1024, got "224px"'],
    ["seed", "-1", /^expected --seed to be a whole number from 0 to 9007199254740991, got "-1"$/],
    ["limit", "1000000001", 'expected --limit to be a whole number from 1 to 1000000000, got "1000000001"'],
    ["data", "", 'expected --data to be a folder, got ""'],
    [
      "run",
      "../elsewhere",
      /^expected --run to name a run or its folder, .* got "\.\.\/elsewhere"; runs are kept in runs\//,
    ],
  ] as const)("refuses %s %j", (flag, text, expected) => {
    const found = problems({ [flag]: text });
    expect(found).toHaveLength(1);
    if (typeof expected === "string") expect(found[0]).toBe(expected);
    else expect(found[0]).toMatch(expected);
  });

  it.each([
    [{ resume: true }, "expected --run with --resume, got none; name the run that is to go on"],
    [
      { autoResume: true },
      "expected --run with --auto-resume, got none; name the run, so that it is found again",
    ],
    [
      { run: "a", resume: true, autoResume: true },
      "expected --resume or --auto-resume, got both; --auto-resume also begins a run that is not there",
    ],
    [
      { run: "a", breakLock: true },
      "expected --resume with --break-lock, got none; a new run has no lock to break",
    ],
  ])("refuses %o", (flags, problem) => expect(problems(flags)).toEqual([problem]));

  it("takes --break-lock with either kind of resuming", () => {
    expect(problems({ run: "a", resume: true, breakLock: true })).toEqual([]);
    expect(problems({ run: "a", autoResume: true, breakLock: true })).toEqual([]);
  });

  it("names all that is wrong at once, a line each", () => {
    expect(problems({ model: "nim", lr: "NaN", batchSize: "0", epochs: "2" })).toHaveLength(3);
    expect(() => readTrainOptions({ lr: "NaN", batchSize: "0" })).toThrow(
      /^train: expected --batch-size .*\ntrain: expected --lr .*$/,
    );
  });
});
