// What may be wrong with the files of a run folder, and what is said of it.
import { describe, expect, test } from "vitest";
import { sampleEvaluation, sampleEvents, sampleInsights, sampleRun } from "../test/sample-run.js";
import {
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseInsights,
  parseSummary,
  RunFileError,
} from "./parse.js";

const lines = (events: readonly object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");

describe("events.jsonl", () => {
  const events = sampleEvents();

  test("is what was logged", () => {
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

  test("may hold a loss that was no number, and events of a newer version", () => {
    const [start, step] = events as [object, object];
    const read = parseEvents(
      lines([start, { type: "rested" }, { ...step, loss: Number.NaN }]),
      "events.jsonl",
    );
    expect(read).toEqual([start, { ...step, loss: null }]);
  });

  test.each([
    [
      "a broken line",
      `${lines(events.slice(0, 1))}{"type":"step",\n${lines(events.slice(2))}`,
      /expected JSON in .*line 2/,
    ],
    ["no event", `[]\n${lines(events)}`, /line 1, type: expected .*, got undefined/],
    ["a step without a number", lines([events[0]!, { type: "step", epoch: 1 }]), /line 2, step/],
    [
      "an accuracy above 1",
      lines([{ ...events[1]!, trainAccuracy: 93 }]),
      /line 1, trainAccuracy: expected <=1, got 93/,
    ],
    ["an epoch 0", lines([{ ...events[1]!, epoch: 0 }]), /line 1, epoch/],
    ["something else", "hello\nworld\n", /line 1/],
  ])("%s is named", (_, text, message) => {
    expect(() => parseEvents(text, "events.jsonl")).toThrow(RunFileError);
    expect(() => parseEvents(text, "events.jsonl")).toThrow(message);
  });
});

test("config.json and summary.json keep what is not drawn", () => {
  const { config, summary } = sampleRun();
  expect(parseConfig(JSON.stringify({ ...config, net: { ratio: 3 } }), "config.json")).toEqual({
    ...config,
    net: { ratio: 3 },
  });
  expect(parseSummary(JSON.stringify(summary), "summary.json")).toEqual(summary);
});

test("evaluation.json and insights.json are what was written", () => {
  expect(parseEvaluation(JSON.stringify(sampleEvaluation), "evaluation.json")).toEqual(sampleEvaluation);
  expect(parseInsights(JSON.stringify(sampleInsights), "insights.json")).toEqual(sampleInsights);
});

const evaluation = (changes: object) => JSON.stringify({ ...sampleEvaluation, ...changes });
const insights = (changes: object) => JSON.stringify({ ...sampleInsights, ...changes });
const mistake = (changes: object) =>
  insights({ mistakes: [{ ...sampleInsights.mistakes![0]!, ...changes }] });
const maps = (changes: object) => insights({ classMaps: [{ ...sampleInsights.classMaps![0]!, ...changes }] });

test.each([
  [
    "a config of no run",
    parseConfig,
    '{"name":"tsconfig"}',
    /file, model: expected "model", got undefined|file, model/,
  ],
  ["a list", parseConfig, "[]", /file/],
  ["half a config", parseConfig, '{"model":', /expected JSON in file/],
  ["a summary without figures", parseSummary, "{}", /file, parameters/],
  [
    "a matrix that is not square",
    parseEvaluation,
    evaluation({ confusion: [[1, 2, 3]] }),
    /a row and a column/,
  ],
  ["counts below 0", parseEvaluation, evaluation({ confusion: [[-1]] }), /confusion\.0\.0/],
  [
    "too few pixels",
    parseInsights,
    mistake({ pixels: btoa("abc") }),
    /mistakes\.0\.pixels: expected base64 of 784 bytes/,
  ],
  ["pixels that are no base64", parseInsights, mistake({ pixels: "<svg>" }), /mistakes\.0\.pixels/],
  ["a label beyond the classes", parseInsights, mistake({ label: 3 }), /indices into classes/],
  ["a probability above 1", parseInsights, mistake({ probability: 75 }), /mistakes\.0\.probability/],
  ["a map too few", parseInsights, maps({ maps: [[1, 2, 3, 4]] }), /a map of side \* side values/],
  ["a map too small", parseInsights, maps({ side: 3 }), /a map of side \* side values/],
  ["a value that was no number", parseInsights, maps({ maps: [[Number.NaN]] }), /classMaps\.0\.maps\.0\.0/],
] as const)("%s is refused by name", (_, parse, text, message) => {
  expect(() => parse(text, "file")).toThrow(RunFileError);
  expect(() => parse(text, "file")).toThrow(message);
  expect(() => parse(text, "file")).toThrow(/leave this run out, or restore the file$/);
});
