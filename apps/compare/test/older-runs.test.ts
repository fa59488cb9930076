// Run folders that an earlier version wrote are drawn; one whose analysis has its earlier name is not analysed again.
import { cp, mkdtemp, readdir, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRun, type Terminal } from "@mlpconv/cli-kit";
import { datasets, synthetic } from "@mlpconv/datasets";
import { loadRun, readRun } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { analyseRun, checkData, hasAnalysis } from "../src/analysis/analyse-run.js";
import { reportRuns } from "../src/report/report-runs.js";

const fixtures = join(import.meta.dirname, "../../../packages/runs/test/fixtures");
const start = process.cwd();
let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "older-runs-"));
  process.chdir(parent);
  await cp(fixtures, "runs", { recursive: true });
  // A checkout gives files the time at which it writes them, in any order.
  const [trained, analysed] = [new Date(1e12), new Date(2e12)];
  for (const folder of ["finished", "stopped", "evaluated"])
    for (const file of await readdir(join("runs", folder))) {
      const time = /^(insights|evaluation)/.test(file) ? analysed : trained;
      await utimes(join("runs", folder, file), time, time);
    }
});
afterAll(async () => {
  process.chdir(start);
  await rm(parent, { recursive: true });
});

const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };

it("draws an evaluated run from its files alone", async () => {
  const request = { runs: ["evaluated"], out: "page", open: false, data: "no-such-folder", json: false };
  // The data are nowhere, and nothing asks for them.
  await reportRuns({ ...request, engine: "cpu" }, { terminal, known: datasets });
  const page = await readFile(join("page", "report.html"), "utf8");
  expect(page).toContain("ninMnist");
  expect(
    (await readdir("page", { recursive: true })).filter((name) => name.includes("mistakes")),
  ).not.toEqual([]);
  expect(await readdir(join("runs", "evaluated"))).not.toContain("analysis.json");
}, 60_000);

it("analyses the other runs as the earlier version did", async () => {
  await useEngine("cpu");
  const data = synthetic({ train: 40, test: 20 });
  const earlier = await readRun(join(fixtures, "evaluated"));
  for (const name of ["finished", "stopped"]) {
    const found = await findRun("report", name, undefined);
    expect(await hasAnalysis(found)).toBe(false);
    await checkData(found, data);
    await analyseRun(await loadRun(found), data, { where: "report", engine: "cpu", onBatch: () => {} });
    expect(await hasAnalysis(found)).toBe(true);
    const { analysis, evaluation } = await readRun(found.folder);
    expect(evaluation).toMatchObject({ run: name, examples: 20, weights: "best", epoch: 1 });
    // The best weights of the stopped run are those of the whole one, which the earlier version analysed.
    if (name === "stopped") {
      // Figures that earlier versions did not compute.
      const { top5Accuracy, macroF1, calibrationError, ...figures } = evaluation!;
      expect(figures).toEqual({ ...earlier.evaluation, run: name, seconds: evaluation!.seconds });
      for (const figure of [top5Accuracy, macroF1, calibrationError]) expect(figure).toBeGreaterThan(0);
      const rounded = (value: object) =>
        JSON.parse(JSON.stringify(value), (key, each) => (key === "probability" ? each.toFixed(5) : each));
      expect(rounded(analysis!)).toEqual(rounded(earlier.analysis!));
    }
  }
}, 60_000);
