import { expect, it } from "vitest";
import { advance, liveLines, type RunProgress } from "./live-table.js";

const step = { step: 3, epoch: 1, loss: 1.25, trainAccuracy: 0.5, examplesPerSecond: 1234 };

it("shows a line for each run, with what its log says", () => {
  const runs: RunProgress[] = [
    { name: "a-nin-seed0", state: "running", milestones: [], seconds: 65 },
    { name: "b", state: "waiting", milestones: [] },
  ];
  expect(liveLines(runs, 80)).toEqual(["a-nin-seed0  starting        1 min 05 s", "b            waiting"]);
  advance(runs[0]!, [
    { type: "start", epochs: 2, stepsPerEpoch: 4, examples: 256, parameters: 9 },
    { type: "step", ...step, stepInEpoch: 3, learningRate: 0.1 },
  ]);
  expect(liveLines(runs, 80)[0]).toBe("a-nin-seed0  epoch 1/2 75%   loss 1.250  1,234 images/s  1 min 05 s");
  advance(runs[0]!, [{ type: "epoch", ...step, testAccuracy: 0.91, seconds: 9 }]);
  runs[0]!.state = "finished";
  expect(liveLines(runs, 100)[0]).toBe(
    "a-nin-seed0  finished        loss 1.250  1,234 images/s  test acc 0.910  1 min 05 s",
  );
});

it("keeps the events between the steps, once, also of a log that is told from its start again", () => {
  const run: RunProgress = { name: "a", state: "running", milestones: [] };
  const start = { type: "start", epochs: 2, stepsPerEpoch: 4, examples: 256, parameters: 9 } as const;
  const epoch = { type: "epoch", ...step, testAccuracy: 0.91, seconds: 9 } as const;
  const trained = { type: "step", ...step, stepInEpoch: 3, learningRate: 0.1 } as const;
  advance(run, [start, trained, epoch, { ...epoch, type: "end", interrupted: true }]);
  advance(run, [start, trained, epoch]);
  advance(run, [trained]);
  expect(run.milestones).toEqual([start, epoch]);
});

it("is never wider than the terminal", () => {
  const runs: RunProgress[] = [
    { name: "a-long-name-of-a-run", state: "running", milestones: [], seconds: 1e5 },
  ];
  expect(liveLines(runs, 20)[0]!.length).toBeLessThan(20);
});
