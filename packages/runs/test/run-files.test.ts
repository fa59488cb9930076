// What may be wrong with the files of a run folder, and what is said of it.
import { describe, expect, test } from "vitest";
import {
  parseAnalysis,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseSummary,
  RunFileError,
} from "../src/index.js";
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
    '{"model":"nin","dataset":"d","optimizer":"adam"}',
    /file, optimizer: expected one of "sgd", "adamw", got "adam"/,
  ],
  [
    "a seed below 0",
    parseConfig,
    '{"model":"nin","dataset":"d","seed":-1}',
    /file, seed: expected at least 0, got -1/,
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
