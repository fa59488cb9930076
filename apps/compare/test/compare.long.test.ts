// A comparison, small enough for a test: killed, gone on with, put in a table; and a run on Fashion-MNIST, drawn.
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fashionMnist } from "@mlpconv/datasets";
import type { Analysis } from "@mlpconv/runs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Comparison } from "../src/compare/comparison.js";
import { run, start } from "./program.js";

const missing = await fashionMnist({ download: false }).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing)
  console.warn(`skipped: a report on Fashion-MNIST, because it is not on this machine\n${missing}`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-compare-"));
});
afterAll(() => rm(folder, { recursive: true }));

const text = (...path: string[]) => readFile(join(folder, ...path), "utf8");
const json = async (...path: string[]) => JSON.parse(await text(...path));
/** Its 200 test images take less time than Fashion-MNIST's 10,000. */
const small =
  "compare --dataset synthetic --engine wasm --models lenet --seeds 2 --limit 256 --batch-size 2 --epochs 1 --name t";

describe("compare", () => {
  it("stopped by Ctrl-C it goes on with the same command, and ends as if it had not been", async () => {
    // Files of an earlier try of this test.
    for (const left of ["runs", "comparisons"])
      await rm(join(folder, left), { recursive: true, force: true });
    const first = start("compare", small, folder);
    const log = join(folder, "runs", "t-lenet-seed0", "events.jsonl");
    while ((await readFile(log, "utf8").catch(() => "")).split("\n").length < 10) await wait(50);
    first.child.kill("SIGINT");
    const stopped = await first.outcome;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("go on with the same command");
    expect((await json("runs", "t-lenet-seed0", "summary.json")).interrupted).toBe(true);
    expect(await readdir(folder)).not.toContain("comparisons");

    const { code, stdout, stderr } = await run("compare", `${small} --json`, folder);
    expect(stderr).toContain("t-lenet-seed1: finished");
    expect(code).toBe(0);
    const comparison: Comparison = JSON.parse(stdout);
    expect(await json("comparisons", "t", "comparison.json")).toEqual(comparison);
    const [row] = comparison.rows;
    expect(row).toMatchObject({
      model: "lenet",
      epochs: 1,
      trainingImages: 256,
      seeds: [0, 1],
      parameters: 61_706,
    });
    const accuracies = await Promise.all(
      [0, 1].map(async (seed) => (await json("runs", `t-lenet-seed${seed}`, "summary.json")).testAccuracy),
    );
    expect(row!.testAccuracy.median).toBeCloseTo((accuracies[0] + accuracies[1]) / 2, 12);
    expect(row!.inferenceImagesPerSecond).toBeGreaterThan(0);
    expect(await text("comparisons", "t", "comparison.md")).toMatch(
      /\| lenet \| 0\.\d{4} \|.* 2 \| 61,706 \|.*\| 28 \| 1 x 256 \|/,
    );
    const page = await text("comparisons", "t", "report.html");
    expect(page).toContain("t-lenet-seed1");
    expect(page).toContain('<th scope="col" class="number">95% interval</th>');
    // Both runs over one another, the first of the net also by itself.
    expect(page.match(/<section id="run-/g)).toHaveLength(1);

    // The run that was stopped is that of a training that never was.
    const alone =
      "train --dataset synthetic --engine wasm --model lenet --preset quick --limit 256 --batch-size 2 --epochs 1 --run alone";
    expect((await run("train", alone, folder)).code).toBe(0);
    const [resumed, whole] = await Promise.all(
      ["t-lenet-seed0", "alone"].map((name) => readFile(join(folder, "runs", name, "last.safetensors"))),
    );
    expect(resumed!.equals(whole!)).toBe(true);
  }, 240_000);

  it("keeps finished runs, and failed ones as rows with the reason", async () => {
    const before = (await stat(join(folder, "runs", "t-lenet-seed0", "summary.json"))).mtimeMs;
    const more = small.replace("lenet", "lenet,nin").replace("--seeds 2", "--seeds 1");
    const { code, stdout, stderr } = await run("compare", `${more} --resize 28 --json`, folder);
    expect(code).toBe(1);
    const comparison: Comparison = JSON.parse(stdout);
    expect(comparison.rows.map(({ model }) => model)).toEqual(["lenet"]);
    expect(comparison.failures).toEqual([
      {
        run: "t-nin-seed0",
        model: "nin",
        seed: 0,
        reason: expect.stringContaining("expected --resize to be at least 67 for nin, got 28"),
      },
    ]);
    expect(stderr).toContain("1 of 2 that failed; the same command tries them again");
    expect((await stat(join(folder, "runs", "t-lenet-seed0", "summary.json"))).mtimeMs).toBe(before);
  }, 120_000);

  it("refuses runs that are others than what is asked for, naming the difference", async () => {
    const { code, stderr } = await run("compare", small.replace("--limit 256", "--limit 300"), folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /expected runs.t-lenet-seed0 to be a run of this comparison, got --limit 300, and the run has 256/,
    );
  }, 60_000);

  it("refuses runs on different data in one table and on one page", async () => {
    const config = join(folder, "runs", "t-lenet-seed1", "config.json");
    const was = await readFile(config, "utf8");
    await writeFile(
      config,
      JSON.stringify({ ...JSON.parse(was), data: { ...JSON.parse(was).data, sha256: "0".repeat(64) } }),
    );
    for (const args of [small, "report t-lenet-seed0 t-lenet-seed1 --out both"]) {
      const { code, stderr } = await run("compare", args, folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /expected runs on the same data, got data.sha256 \w{64} in t-lenet-seed0 and 0{64} in t-lenet-seed1/,
      );
    }
    expect(await readdir(folder)).not.toContain("both");
    await writeFile(config, was);
  }, 60_000);

  it("plans what fits into a budget, says what it leaves out, and goes on with that plan", async () => {
    // A batch size of 2 makes the estimate of one test pass exceed the budget.
    const quick = small.replace("--batch-size 2", "--batch-size 32").replace("--seeds 2", "--seeds 200");
    const within = (seconds: number) => quick.replace("--name t", `--name b --budget ${seconds}s`);
    let budget = within(4);
    let outcome = await run("compare", `${budget} --json`, folder);
    // Other work may slow the machine so much that one epoch takes longer.
    const least = /expected --budget to be at least (\d+)s/.exec(outcome.stderr)?.[1];
    if (least) {
      budget = within(3 * Number(least));
      outcome = await run("compare", `${budget} --json`, folder);
    }
    const { code, stdout, stderr } = outcome;
    expect(stderr).toMatch(/left out: \d+ of 200 seeds of each net/);
    expect(code).toBe(0);
    const comparison: Comparison = JSON.parse(stdout);
    const { plan } = await json("comparisons", "b", "plan.json");
    expect(comparison.rows[0]!.seeds).toHaveLength(plan.seeds);
    expect(comparison.leftOut).toEqual(plan.leftOut);
    expect(await readdir(join(folder, "runs"))).not.toContain("b-lenet-measure");
    const again = await run("compare", budget, folder);
    expect(again.stdout.match(/finished before/g)).toHaveLength(plan.seeds);
  }, 240_000);
});

describe.skipIf(missing)("report", () => {
  it("draws a run of NiN with its mistakes and class maps, computed once", async () => {
    const args = "train --engine wasm --model ninMnist --limit 1280 --epochs 1 --run nin --json";
    const trained = await run("train", args, folder);
    expect(trained.code).toBe(0);
    const { testAccuracy } = JSON.parse(trained.stdout);
    const { code, stdout } = await run("compare", "report nin --engine wasm", folder);
    expect(code).toBe(0);
    const analysis: Analysis = await json("runs", "nin", "analysis.json");
    const { accuracy, confusion } = await json("runs", "nin", "evaluation.json");
    // The same weights, the same images: the very number that training ended with.
    expect(accuracy).toBe(testAccuracy);
    expect(analysis.highestMapIsTrue).toBe(testAccuracy);
    expect(stdout).toContain(`highest mean on ${(100 * testAccuracy).toFixed(2)}% of them`);
    expect(confusion.flat().reduce((a: number, b: number) => a + b)).toBe(10_000);

    const { test } = await fashionMnist({ download: false });
    expect(analysis.classMaps!.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { index, pixels, label, predicted, probability } of analysis.mistakes!) {
      expect(predicted).not.toBe(label);
      expect(test.labels[index]).toBe(label);
      expect(Buffer.from(pixels, "base64").equals(test.images.subarray(index * 784, (index + 1) * 784))).toBe(
        true,
      );
      expect(probability).toBeGreaterThan(0.1);
    }
    const sure = analysis.mistakes!.map(({ probability }) => probability);
    expect(sure).toEqual(sure.toSorted((a, b) => b - a));
    for (const { maps, predicted } of analysis.classMaps!) {
      const means = maps.map((map) => map.reduce((a, b) => a + b) / map.length);
      expect(means.indexOf(Math.max(...means))).toBe(predicted);
    }
    expect(await text("runs", "nin", "report.html")).toContain("<svg");

    const { mtimeMs } = await stat(join(folder, "runs", "nin", "analysis.json"));
    expect((await run("compare", "report runs/nin --engine wasm", folder)).code).toBe(0);
    expect((await stat(join(folder, "runs", "nin", "analysis.json"))).mtimeMs).toBe(mtimeMs);
  }, 240_000);

  it("refuses no runs, an unknown run, an empty and a broken folder", async () => {
    await mkdir(join(folder, "runs", "empty"));
    await cp(join(folder, "runs", "nin"), join(folder, "runs", "broken"), { recursive: true });
    await appendFile(join(folder, "runs", "broken", "config.json"), "}");
    const refused = async (args: string) => run("compare", args, folder);
    expect(await refused("report")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected the names of runs"),
    });
    expect(await refused("report nim")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "nin"?'),
    });
    expect(await refused("report empty")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/expected a run in runs.empty, got an empty folder/),
    });
    expect(await refused("report broken")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/expected JSON in runs.broken.config\.json/),
    });
    expect(await refused("report nin empty")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected --out with 2 runs"),
    });
  }, 120_000);
});
