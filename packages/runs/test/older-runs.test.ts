// Run folders that an earlier version wrote (test/fixtures) open as they always did.
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fashionMnistInfo } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRun, readRun, readTrainedConfig, resumeRun } from "../src/node/index.js";

const fixtures = join(import.meta.dirname, "fixtures");
let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "older-runs-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

const kinds = ["finished", "stopped", "evaluated"] as const;

describe.each(kinds)("a run of an earlier version that is %s", (kind) => {
  const folder = join(fixtures, kind);
  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

  test("is read in the form of today", async () => {
    const run = await readRun(folder);
    const { dataset, dataSha256, ...others } = json("config.json");
    // These versions treated any images as Fashion-MNIST's, with its mean and standard deviation.
    const data = { ...fashionMnistInfo, name: dataset, sha256: dataSha256 };
    expect(run.config).toEqual({ ...others, data });
    expect(run.summary).toEqual(json("summary.json"));
    expect(run.summary!.interrupted).toBe(kind === "stopped");
    expect(run.events.filter(({ type }) => type === "step")).toHaveLength(kind === "stopped" ? 5 : 8);
    expect(run.evaluation).toEqual(kind === "evaluated" ? json("evaluation.json") : undefined);
    expect(run.analysis).toEqual(
      kind === "evaluated" ? { ...json("insights.json"), imageShape: [28, 28, 1] } : undefined,
    );
  });

  test("gives its model with both of its weights", async () => {
    await useEngine("cpu");
    const config = await readTrainedConfig(join(folder, "config.json"));
    for (const weights of ["best", "last"] as const) {
      const found = { name: kind, folder, config, weights, path: join(folder, `${weights}.safetensors`) };
      const { model, metadata } = await loadRun(found);
      expect(model.countParams()).toBe(1614);
      expect(metadata.epoch).toMatch(/^[12]$/);
      model.dispose();
    }
  });

  test("opens for writing at its last checkpoint", async () => {
    const copy = join(parent, kind);
    cpSync(folder, copy, { recursive: true });
    const warnings: string[] = [];
    const run = await resumeRun(copy, (message) => warnings.push(message));
    expect(warnings).toEqual([]);
    expect(run.config).toEqual(json("config.json"));
    expect(run.checkpoint!.position.step).toBe(kind === "stopped" ? 5 : 8);
    expect(run.events.at(-1)!.type).toBe(kind === "stopped" ? "step" : "epoch");
    await run.close();
  });
});
