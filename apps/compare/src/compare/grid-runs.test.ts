// Successive halving over folders of runs: what goes on, what is told, and that it goes on wherever it was stopped.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Comparison } from "./comparison.js";
import { type GridOutcome, runGrid } from "./grid-runs.js";
import { gridLines, gridMarkdown } from "./grid-table.js";
import { readCompareOptions } from "./options.js";
import { type PlannedRun, plannedRuns, trainArguments } from "./planned-run.js";

const home = process.cwd();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "grid-"));
  process.chdir(folder);
});
beforeEach(() => rmSync("runs", { recursive: true, force: true }));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const request = await readCompareOptions({
  ...{ models: "lenet", preset: "quick", dataset: "synthetic", epochs: "8" },
  grid: "lr=.01,.02,.03,.04,.05,.06 batch-size=16,32" as string,
});
const runs = plannedRuns(request, request.seeds);

/** Accuracy that grows with the rate and the epochs; the best rate is the fifth. */
const accuracy = ({ changes }: PlannedRun, epoch: number): number =>
  (0.5 - Math.abs(changes!.learningRate! - 0.05)) * (1 - 1 / (epoch + 1)) - changes!.batchSize! / 1e4;

/** "Trains" by writing the log that a run has then; `calls` are the epochs of each. */
const trainer = (failing: (run: PlannedRun) => string | undefined = () => undefined, most = Infinity) => {
  const calls: { run: string; epochs: number }[] = [];
  const train = async (run: PlannedRun, untilEpoch = 8): Promise<string | undefined> => {
    if (calls.length === most) throw new Error("killed");
    calls.push({ run: run.name, epochs: untilEpoch });
    mkdirSync(run.folder, { recursive: true });
    const log = Array.from({ length: untilEpoch }, (_, i) => ({
      ...{
        type: "epoch",
        epoch: i + 1,
        step: i + 1,
        loss: 1,
        trainAccuracy: 0.5,
        examplesPerSecond: 1,
        seconds: 1,
      },
      ...{ validationAccuracy: accuracy(run, i + 1), validationLoss: 1 },
    }));
    writeFileSync(join(run.folder, "events.jsonl"), log.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return failing(run);
  };
  return { calls, train };
};
const halved = async (tools: ReturnType<typeof trainer>): Promise<GridOutcome & { lines: string[] }> => {
  const lines: string[] = [];
  return {
    ...(await runGrid(request, runs, { train: tools.train, say: (line) => lines.push(line) })),
    lines,
  };
};

describe("runGrid", () => {
  it("trains all for a quarter, then the best third on; twelve cost less than half of twelve whole runs", async () => {
    const tools = trainer();
    const { rows, winners, finished, lines } = await halved(tools);
    expect(tools.calls.map(({ epochs }) => epochs)).toEqual([
      ...Array(12).fill(2),
      ...Array(4).fill(4),
      ...Array(2).fill(6),
      8,
    ]);
    const trained = rows.reduce((sum, { epochs }) => sum + epochs, 0);
    expect(trained).toBe(38);
    expect(trained).toBeLessThan(0.42 * 12 * 8);
    expect(winners.map(({ combination }) => combination.words)).toEqual(["--lr 0.05 --batch-size 16"]);
    expect(finished).toHaveLength(1);
    expect(rows.find(({ words }) => words === "--lr 0.01 --batch-size 32")).toEqual({
      ...{
        model: "lenet",
        settings: { learningRate: 0.01, batchSize: 32 },
        words: "--lr 0.01 --batch-size 32",
      },
      ...{ runs: ["quick-grid-lenet-lr0.01-batch-size32-seed0"], epochs: 2 },
      validationAccuracy: expect.closeTo(0.46 * (2 / 3) - 0.0032, 9),
      ...{ outcome: "stopped", reason: "12th of 12 after epoch 2 of 8" },
    });
    expect(lines[0]).toMatch(/^lenet, epoch 2 of 8: 4 of 12 go on: --lr 0\.04 --batch-size 16, /);
  });

  it("trains the one that is left to its end at once", async () => {
    const rates = { ...request, grid: [{ place: "learningRate", name: "lr", values: [0.01, 0.05, 0.02] }] };
    const few = plannedRuns(rates, 1).map((run) => ({
      ...run,
      changes: { ...run.changes!, batchSize: 16 },
    }));
    const tools = trainer();
    const { winners } = await runGrid(rates, few, { train: tools.train, say: () => undefined });
    expect(tools.calls.map(({ epochs }) => epochs)).toEqual([2, 2, 2, 8]);
    expect(winners.map(({ combination }) => combination.words)).toEqual(["--lr 0.05"]);
  });

  it("is killed before any run and goes on with the same command to the same end", async () => {
    const whole = await halved(trainer());
    for (let most = 0; most < 19; most++) {
      rmSync("runs", { recursive: true, force: true });
      await expect(halved(trainer(undefined, most))).rejects.toThrow("killed");
      expect(await halved(trainer())).toEqual(whole);
    }
  });

  it("drops runs that fail, says why, and has no winner where all did", async () => {
    const failing = (run: PlannedRun) => (run.changes!.learningRate! > 0.045 ? "diverged" : undefined);
    const { rows, winners, failures } = await halved(trainer(failing));
    expect(winners[0]!.combination.words).toBe("--lr 0.04 --batch-size 16");
    expect(failures).toHaveLength(4);
    expect(rows.filter(({ outcome }) => outcome === "failed")).toHaveLength(4);
    expect(rows.find(({ words }) => words === "--lr 0.05 --batch-size 16")).toMatchObject({
      ...{ outcome: "failed", reason: "diverged", validationAccuracy: null },
    });
    expect(await halved(trainer(() => "diverged"))).toMatchObject({ winners: [], finished: [] });
  });
});

it("a run of a grid is what train makes of its combination by itself, with images held out", () => {
  expect(request).toMatchObject({ seeds: 1, valShare: 0.1, name: "quick-grid" });
  const args = trainArguments(runs[3]!, request).join(" ");
  expect(args).toContain("--run quick-grid-lenet-lr0.02-batch-size32-seed0 --auto-resume");
  for (const flag of ["--lr 0.02", "--batch-size 32", "--epochs 8", "--val-share 0.1"])
    expect(args).toContain(flag);
  expect(args).not.toContain("grid lr");
});

it("the table has the best first, then those that were stopped later", async () => {
  const { rows } = await halved(trainer());
  const comparison: Pick<Comparison, "grid"> = { grid: rows };
  const lines = gridLines(comparison);
  expect(lines).toHaveLength(13);
  expect(lines[1]).toMatch(
    /^lenet {2}--lr 0\.05 --batch-size 16 {2}0\.\d{4} +best: 1st of 1 after epoch 8 of 8$/,
  );
  expect(lines[3]).toContain("stopped: 3rd of 4 after epoch 4 of 8");
  expect(gridMarkdown(comparison)[0]).toBe("| net | combination | validation accuracy | outcome |");
  expect(gridLines({})).toEqual([]);
});

it.each([
  [{ grid: "lr=1", plan: true }, /expected --grid without --plan, got both/],
  [{ grid: "lr=1", budget: "1m" }, /expected --grid without --budget, got both/],
  [{ grid: "lr=1,2", lr: "3" }, /expected --lr or lr in --grid, got both; leave one of them out/],
  [{ grid: "ratio=2,3", models: "lenet" }, /--ratio with ninMnist.*, got lenet/],
  [{ grid: "optimizer=nesterov lr=1", models: "lenet", preset: "d2l" }, /--momentum above 0/],
  [{ grid: "lr=1,2", name: "x".repeat(60), models: "vgg11", preset: "quick" }, undefined],
])("checks %o before the first run", async (flags, message) => {
  const read = readCompareOptions({ models: "lenet", dataset: "synthetic", ...flags });
  if (message) await expect(read).rejects.toThrow(message);
  else expect(await read).toMatchObject({ seeds: 1 });
});
