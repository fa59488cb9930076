import { expect, test } from "vitest";
import { sampleEvents, sampleRun } from "../../runs/test/sample-run.js";
import { runFigures } from "./run-figures.js";

test("a finished run has the figures of its summary", () => {
  expect(runFigures(sampleRun())).toEqual({
    state: "finished",
    epochs: 2,
    examples: 640,
    parameters: 1_992_166,
    loss: 0.1,
    trainAccuracy: 0.2,
    testAccuracy: 0.6,
    examplesPerSecond: 512.4,
    seconds: 200,
    peakRssBytes: 446_255_104,
  });
});

test("a run that goes on has the figures of its last epoch", () => {
  const run = sampleRun({ summary: undefined, events: sampleEvents().slice(0, 15) });
  expect(runFigures(run)).toMatchObject({
    state: "unfinished",
    epochs: 1,
    parameters: 1_992_166,
    // The mean of the batches of five points.
    loss: expect.closeTo((1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5) / 5, 12),
    testAccuracy: 0.5,
    seconds: 4,
    peakRssBytes: undefined,
  });
});

test("a run that was interrupted before a test says so", () => {
  const run = sampleRun({ events: sampleEvents().slice(0, 5) });
  run.summary = { ...run.summary!, interrupted: true, testAccuracy: null };
  expect(runFigures(run)).toMatchObject({ state: "interrupted", epochs: 0, testAccuracy: undefined });
});

test("a run that has not begun has no figures", () => {
  expect(runFigures(sampleRun({ summary: undefined, events: [] }))).toEqual({
    state: "unfinished",
    epochs: 0,
  });
});

test("a run that holds images out has its accuracy on them, from its summary or its last epoch", () => {
  const run = sampleRun();
  run.summary = { ...run.summary!, validationAccuracy: 0.7 };
  expect(runFigures(run).validationAccuracy).toBe(0.7);
  const events = sampleEvents().map((event) =>
    event.type === "epoch" ? { ...event, validationAccuracy: event.epoch / 4, validationLoss: 1 } : event,
  );
  expect(runFigures(sampleRun({ summary: undefined, events })).validationAccuracy).toBe(0.5);
});
