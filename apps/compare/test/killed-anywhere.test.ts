// A comparison that is killed at the n-th change of the file system, for every n, writes the same files when it goes on; and files of a
// comparison that were edited are refused by the field.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "@mlpconv/cli-kit";
import { type DatasetList, datasets } from "@mlpconv/datasets";
import { RunFileError } from "@mlpconv/runs";
import { createRun } from "@mlpconv/runs/node";
import { killedAt } from "@mlpconv/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BudgetPlan } from "../src/compare/budget.js";
import type { Comparison } from "../src/compare/comparison.js";
import { readPlan, writeComparison, writePlan } from "../src/compare/comparison-folder.js";
import { readCompareOptions } from "../src/compare/options.js";
import { findState, plannedRuns } from "../src/compare/planned-run.js";

const home = process.cwd();
let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "killed-"));
  process.chdir(parent);
});
afterAll(async () => {
  process.chdir(home);
  await rm(parent, { recursive: true });
});

const request = await readCompareOptions({ models: "lenet", seeds: "1", name: "c" });
const plan: BudgetPlan = {
  seeds: 1,
  shortened: { lenet: { epochs: 1 } },
  leftOut: ["2 of 3 seeds"],
  seconds: 9,
};
const comparison: Comparison = {
  ...{ name: "c", preset: "quick", dataset: "d", dataSha256: "00", engines: ["wasm"], devices: ["one"] },
  ...{ enough: 0.85, rows: [], failures: [], leftOut: plan.leftOut },
};

/** What `compare` itself writes, apart from its runs and its page. */
const compare = async (): Promise<void> => {
  if (!(await readPlan(request))) await writePlan(request, plan);
  await writeComparison(comparison);
};
const contents = async () => {
  const names = (await readdir(join("comparisons", "c"))).sort();
  return Promise.all(
    names.map(async (name) => [name, await readFile(join("comparisons", "c", name), "utf8")]),
  );
};

it("a comparison goes on wherever it is killed", async () => {
  const { calls } = await killedAt({}, compare);
  expect(calls).toContain("rename");
  const expected = await contents();
  expect(expected.map(([name]) => name)).toEqual(["comparison.json", "comparison.md", "plan.json"]);
  for (const half of [false, true])
    for (let n = 1; n <= calls.length; n++) {
      await rm("comparisons", { recursive: true });
      await killedAt({ n, half }, compare);
      await compare();
      expect(await contents(), `call ${n}, ${calls[n - 1]}`).toEqual(expected);
    }
});

it("a run's folder counts as new wherever the creation of the run was killed", async () => {
  const [planned] = plannedRuns(request, 1);
  const config = { model: "lenet", dataset: "fashion-mnist", preset: "quick", seed: 0 } as const;
  const make = async () => (await createRun(planned!.folder, config)).close();
  const { calls } = await killedAt({}, make);
  expect(await findState(planned!, request, datasets)).toBe("stopped");
  for (let n = 1; n <= calls.length; n++) {
    await rm(planned!.folder, { recursive: true, force: true });
    await killedAt({ n }, make);
    const state = await findState(planned!, request, datasets);
    const begun = (await readdir(planned!.folder).catch((): string[] => [])).includes("config.json");
    expect(state, `call ${n}, ${calls[n - 1]}`).toBe(begun ? "stopped" : "new");
  }
});

it("another run under the same name is wrong usage", async () => {
  const [planned] = plannedRuns({ ...request, name: "other" }, 1);
  await (await createRun(planned!.folder, { model: "nin", dataset: "d" })).close();
  await expect(findState(planned!, request, datasets)).rejects.toThrow(UsageError);
  // Flags that the other comparison had and this one has not.
  const [begun] = plannedRuns({ ...request, name: "begun" }, 1);
  const config = {
    model: "lenet",
    dataset: "fashion-mnist",
    preset: "quick",
    seed: 0,
    momentum: 0.8,
    ema: 0.9,
  } as const;
  await (await createRun(begun!.folder, config)).close();
  await expect(findState(begun!, request, datasets)).rejects.toThrow(
    /got no --momentum \(preset quick: 0\.9\), and the run has 0\.8; no --ema \(preset quick: none\), and the run has 0\.9; give the comparison another --name/,
  );
  expect(await findState(begun!, { ...request, momentum: 0.8, ema: 0.9 }, datasets)).toBe("stopped");
  const synthetic: DatasetList = [datasets.find(({ name }) => name === "synthetic")!];
  await expect(findState(begun!, request, synthetic)).rejects.toThrow(
    /no --dataset \(synthetic\), and the run has fashion-mnist/,
  );
});

describe("plan.json", () => {
  const path = () => join("comparisons", "c", "plan.json");
  const edited = async (change: (kept: { plan: BudgetPlan }) => unknown) => {
    await writePlan(request, plan);
    const kept = JSON.parse(await readFile(path(), "utf8"));
    await writeFile(path(), JSON.stringify(change(kept)));
  };

  it("is read as it was written, and is refused for another request", async () => {
    await writePlan(request, plan);
    expect(await readPlan(request)).toEqual(plan);
    expect(await readPlan({ ...request, seeds: 7 })).toBeUndefined();
    expect(await readPlan({ ...request, name: "nothing" })).toBeUndefined();
  });

  it.each([
    [
      (kept: { plan: BudgetPlan }) => ({ ...kept, plan: { ...plan, seeds: 0 } }),
      /plan\.json, plan\.seeds: expected at least 1, got 0/,
    ],
    [() => null, /plan\.json: expected an object, got null/],
    [
      (kept: { plan: BudgetPlan }) => ({ ...kept, plan: { ...plan, shortened: { lenot: {} } } }),
      /plan\.shortened\.lenot: expected no field of that name/,
    ],
  ])("that was edited is refused by the field (%#)", async (change, message) => {
    await edited(change);
    await expect(readPlan(request)).rejects.toThrow(RunFileError);
    await expect(readPlan(request)).rejects.toThrow(message);
  });

  it("that is no JSON is refused by name", async () => {
    await writeFile(path(), "{");
    await expect(readPlan(request)).rejects.toThrow(/expected JSON in comparisons.c.plan\.json/);
  });
});
