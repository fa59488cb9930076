// A grid with the real programs: killed, gone on with, and its best run is to the bit what train makes of it by itself.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Comparison } from "../src/compare/comparison.js";
import { run, start } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-grid-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A net whose accuracies differ after an epoch: combinations with the same one go on together. */
const small = "--dataset synthetic --engine wasm --ratio 8 --limit 128 --epochs 2";
const grid = `compare ${small} --models ninMnist --name g --grid lr=0.003,0.03 batch-size=8,16`;
const file = (...path: string[]) => readFile(join(folder, ...path));

it("a grid that is killed goes on to one best run, which is that of train alone", async () => {
  const first = start("compare", grid, folder);
  const log = join(folder, "runs", "g-ninMnist-lr0.003-batch-size16-seed0", "events.jsonl");
  while ((await readFile(log, "utf8").catch(() => "")).split("\n").length < 6) await wait(20);
  first.child.kill("SIGKILL");
  expect((await first.outcome).code).toBeNull();

  const { code, stdout, stderr } = await run("compare", `${grid} --json`, folder);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("grid: chosen by held-out images, 10% of the training images (--val-share)");
  expect(stderr).toMatch(/ninMnist, epoch 1 of 2: 2 of 4 go on: /);
  const comparison: Comparison = JSON.parse(stdout);
  expect(comparison.grid!.map(({ outcome }) => outcome).sort()).toEqual([
    "best",
    "finished",
    "stopped",
    "stopped",
  ]);
  const best = comparison.grid!.find(({ outcome }) => outcome === "best")!;
  expect(comparison.rows).toMatchObject([{ model: "ninMnist", epochs: 2, seeds: [0] }]);
  const [name] = best.runs;
  const summary = JSON.parse(String(await file("runs", name!, "summary.json")));
  expect(comparison.rows[0]!.testAccuracy.median).toBe(summary.testAccuracy);
  expect(String(await file("comparisons", "g", "comparison.md"))).toContain("| net | combination |");
  expect(String(await file("comparisons", "g", "report.html"))).toContain(
    `best of the grid: ninMnist ${best.words}`,
  );

  const alone = `train ${small} --model ninMnist --preset quick --val-share 0.1 ${best.words} --run alone`;
  expect((await run("train", alone, folder)).code).toBe(0);
  expect(await file("runs", name!, "last.safetensors")).toEqual(
    await file("runs", "alone", "last.safetensors"),
  );

  // Finished: the same table, without training.
  expect(JSON.parse((await run("compare", `${grid} --json`, folder)).stdout)).toEqual(comparison);
}, 240_000);
