// What may be wrong with the files of a run folder, and what is said of it.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "@mlpconv/datasets";
import { classNames } from "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import {
  parseAnalysis,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseSummary,
  RunFileError,
} from "../src/index.js";
import { runData, writeEvaluation } from "../src/node/index.js";
import { sampleAnalysis, sampleEvaluation, sampleEvents, sampleRun } from "./sample-run.js";

const lines = (events: readonly object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");

describe("events.jsonl", () => {
  const events = sampleEvents();

  test("is read as it was logged", () => {
    expect(parseEvents(lines(events), "events.jsonl")).toEqual(events);
    expect(parseEvents("", "events.jsonl")).toEqual([]);
  });

  test("may end in a line that is half written, wherever it is cut", () => {
    const text = lines(events.slice(0, 3));
    const whole = text.indexOf("\n", text.indexOf("\n") + 1) + 1;
    for (let end = whole + 1; end < text.length - 1; end++) {
      expect(parseEvents(text.slice(0, end), "events.jsonl")).toEqual(events.slice(0, 2));
    }
    // All of a line but its end is a line.
    expect(parseEvents(text.slice(0, -1), "events.jsonl")).toEqual(events.slice(0, 3));
  });

  test.each([
    [
      "a broken line",
      `${lines(events.slice(0, 1))}{"type":"step",\n${lines(events.slice(2))}`,
      /expected JSON in .*line 2/,
    ],
    ["no event", `[]\n${lines(events)}`, /line 1, type: expected .*, got none/],
    [
      "an event of another type",
      lines([events[0]!, { type: "rested" }]),
      /line 2, type: expected one of "start"/,
    ],
    [
      "a loss that was no number",
      lines([{ ...events[1]!, loss: Number.NaN }]),
      /line 1, loss: expected a number, got null/,
    ],
    [
      "a field that is no event's",
      lines([{ ...events[1]!, extra: 1 }]),
      /line 1, extra: expected no field of that name/,
    ],
    ["a step without a number", lines([events[0]!, { type: "step", epoch: 1 }]), /line 2, step/],
    [
      "an accuracy above 1",
      lines([{ ...events[1]!, trainAccuracy: 93 }]),
      /line 1, trainAccuracy: expected at most 1, got 93/,
    ],
    ["an epoch 0", lines([{ ...events[1]!, epoch: 0 }]), /line 1, epoch/],
    ["something else", "hello\nworld\n", /line 1/],
  ])("%s is named", (_, text, message) => {
    expect(() => parseEvents(text, "events.jsonl")).toThrow(RunFileError);
    expect(() => parseEvents(text, "events.jsonl")).toThrow(message);
  });
});

test("config.json and summary.json are read as they were written", () => {
  const { config, summary } = sampleRun();
  expect(parseConfig(JSON.stringify(config), "config.json")).toEqual(config);
  expect(parseSummary(JSON.stringify(summary), "summary.json")).toEqual(summary);
});

test("evaluation.json and analysis.json are read as they were written", () => {
  expect(parseEvaluation(JSON.stringify(sampleEvaluation), "evaluation.json")).toEqual(sampleEvaluation);
  expect(parseAnalysis(JSON.stringify(sampleAnalysis), "analysis.json")).toEqual(sampleAnalysis);
});

const evaluation = (changes: object) => JSON.stringify({ ...sampleEvaluation, ...changes });
const analysis = (changes: object) => JSON.stringify({ ...sampleAnalysis, ...changes });
const mistake = (changes: object) =>
  analysis({ mistakes: [{ ...sampleAnalysis.mistakes![0]!, ...changes }] });
const maps = (changes: object) => analysis({ classMaps: [{ ...sampleAnalysis.classMaps![0]!, ...changes }] });

test("insights.json of an earlier version, without a shape, is read with Fashion-MNIST's image shape", () => {
  const { imageShape: _, ...before } = sampleAnalysis;
  expect(parseAnalysis(JSON.stringify(before), "insights.json")).toEqual(sampleAnalysis);
});

test.each([
  ["a config of no run", parseConfig, '{"name":"tsconfig"}', /file, model: expected a value, got none/],
  [
    "a field that no config has",
    parseConfig,
    '{"model":"nin","dataset":"d","lr":1}',
    /file, lr: expected no field/,
  ],
  [
    "a setting that cannot be",
    parseConfig,
    '{"model":"nin","dataset":"d","optimizer":"lion"}',
    /file, optimizer: expected one of "sgd", "nesterov", "adam", "adamw", "rmsprop", "muon", got "lion"/,
  ],
  [
    "a seed below 0",
    parseConfig,
    '{"model":"nin","dataset":"d","seed":-1}',
    /file, seed: expected at least 0, got -1/,
  ],
  [
    "an augmentation out of its range",
    parseConfig,
    '{"model":"nin","dataset":"d","augment":"flip,shift:0"}',
    /file, augment: expected shift of augment to be shift:P with P a whole number from 1 to 1024 \(pixels\), got "shift:0"/,
  ],
  [
    "augmentations in another form",
    parseConfig,
    '{"model":"nin","dataset":"d","augment":"erase:8,shift:2"}',
    /file, augment: expected the list "shift:2,erase:8", in the order of the work, got "erase:8,shift:2"/,
  ],
  ["a list", parseConfig, "[]", /file/],
  ["half a config", parseConfig, '{"model":', /expected JSON in file/],
  ["a summary without figures", parseSummary, "{}", /file, model: expected a value, got none/],
  [
    "a matrix that is not square",
    parseEvaluation,
    evaluation({ confusion: [[1, 2, 3]] }),
    /a row and a column/,
  ],
  ["counts below 0", parseEvaluation, evaluation({ confusion: [[-1]] }), /confusion\.0\.0/],
  [
    "too few pixels",
    parseAnalysis,
    mistake({ pixels: btoa("abc") }),
    /mistakes\.0\.pixels: expected base64 of 784 bytes \(28x28x1\)/,
  ],
  [
    "pixels of another shape",
    parseAnalysis,
    analysis({ imageShape: [28, 28, 3] }),
    /mistakes\.0\.pixels: expected base64 of 2352 bytes \(28x28x3\)/,
  ],
  ["pixels that are no base64", parseAnalysis, mistake({ pixels: "<svg>" }), /mistakes\.0\.pixels/],
  ["a label beyond the classes", parseAnalysis, mistake({ label: 3 }), /indices into classes/],
  ["a probability above 1", parseAnalysis, mistake({ probability: 75 }), /mistakes\.0\.probability/],
  ["a map too few", parseAnalysis, maps({ maps: [[1, 2, 3, 4]] }), /a map of side \* side values/],
  ["a map too small", parseAnalysis, maps({ side: 3 }), /a map of side \* side values/],
  ["a value that was no number", parseAnalysis, maps({ maps: [[Number.NaN]] }), /classMaps\.0\.maps\.0\.0/],
] as const)("%s is refused by name", (_, parse, text, message) => {
  expect(() => parse(text, "file")).toThrow(RunFileError);
  expect(() => parse(text, "file")).toThrow(message);
  expect(() => parse(text, "file")).toThrow(/restore the file, or leave this run out$/);
});

describe("names of classes", () => {
  const images = { images: new Uint8Array(4), labels: new Uint8Array(1), shape: [1, 2, 2, 1] as const };
  const dataset = (classes: readonly string[]): Dataset => ({
    ...{ name: "made", classes, shape: [2, 2, 1], mean: [0.5], std: [0.5], source: "a test" },
    ...{ train: images, test: images },
  });

  test("may be in any script, however many there are", () => {
    const names = classNames(1000);
    const data = runData(dataset(names));
    expect(data.classes).toEqual(names);
    const config = { ...sampleRun().config, data };
    expect(parseConfig(JSON.stringify(config), "config.json").data.classes).toEqual(names);
  });

  test.each([["two\nlines"], ["\u001b[31mred"], ["a\u2028b"], ["half \ud83d"], ["nul\0"]])(
    "are refused with control characters, before a run begins and in config.json: %j",
    (name) => {
      const message = /classes\.1: expected a name without line breaks, other control characters .*, got/;
      expect(() => runData(dataset(["bag", name]))).toThrow(message);
      expect(() => runData(dataset(["bag", name]))).toThrow(
        /^run: data set made, .*; correct the data set's descriptor$/,
      );
      const data = { ...runData(dataset(["bag", "coat"])), classes: ["bag", name] };
      const config = JSON.stringify({ ...sampleRun().config, data });
      expect(() => parseConfig(config, "config.json")).toThrow(message);
    },
  );
});

test("evaluation.json has a line for each class's row of the matrix, and is read as it was written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "evaluation-"));
  try {
    const evaluation = { ...sampleEvaluation, dataset: "a [ 1,\n 2 ] name" };
    await writeEvaluation(folder, evaluation);
    const text = await readFile(join(folder, "evaluation.json"), "utf8");
    expect(parseEvaluation(text, "evaluation.json")).toEqual(evaluation);
    expect(text).toContain("\n    [64, 36, 0],\n    [0, 100, 0],\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("analysis.json may have the maps of some classes", () => {
  const [sample] = sampleAnalysis.classMaps!;
  const analysis = (mapClasses: number[]) =>
    JSON.stringify({
      ...sampleAnalysis,
      classMaps: [{ ...sample, maps: sample!.maps.slice(0, 2), mapClasses }],
    });
  expect(parseAnalysis(analysis([2, 0]), "analysis.json").classMaps![0]!.mapClasses).toEqual([2, 0]);
  for (const wrong of [[2], [2, 3], []])
    expect(() => parseAnalysis(analysis(wrong), "analysis.json")).toThrow(/or for each of mapClasses/);
});
