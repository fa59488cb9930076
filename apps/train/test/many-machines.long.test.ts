// The batch scripts of the guide "Many machines", as they stand there, under a real Slurm: a run that goes back into the queue, and a sweep.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { hasEnded, type Slurm, startSlurm, whyNoSlurm } from "@mlpconv/testing/cluster";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { command, run } from "./program.js";

const skipped = whyNoSlurm();
if (skipped)
  console.warn(`skipped: the batch scripts of the guide, because Slurm cannot be started: ${skipped}`);

const page = fileURLToPath(new URL("../../../docs/guide/many-machines.md", import.meta.url));
/** The script of this job on the page. */
const script = (job: string): string => {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```shellscript\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, code]) => code!.includes(`#SBATCH --job-name=${job}\n`));
  expect(found, `a batch script for ${job} in ${page}`).toBeDefined();
  return found![1]!;
};

/** What a run of the page is made small with: later flags count. */
const small = "--dataset synthetic --engine native --preset quick --model lenet --batch-size 16".split(" ");

/** Epochs of 63 steps: enough to stop a run in its middle. A single process takes them faster. */
const EPOCHS = "2";
const EPOCHS_ALONE = "16";

let slurm: Slurm;
let folder: string;
beforeAll(async () => {
  if (skipped) return;
  slurm = await startSlurm();
  folder = mkdtempSync(join(tmpdir(), "mlpconv-slurm-"));
  const program = join(folder, "node_modules", ".bin", "mlpconv");
  mkdirSync(join(program, ".."), { recursive: true });
  const [start, quick] = [command, small].map((words) => words.map((word) => `'${word}'`).join(" "));
  writeFileSync(
    program,
    `#!/bin/sh\ncase " $* " in *" --resume "*) exec ${start} "$@";; *) exec ${start} "$@" ${quick} --epochs "$EPOCHS";; esac\n`,
  );
  chmodSync(program, 0o755);
});
afterAll(async () => {
  await slurm?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const read = (...path: string[]): string => {
  try {
    return readFileSync(join(folder, ...path), "utf8");
  } catch {
    return "";
  }
};
const digest = (name: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, "runs", name, "last.safetensors")))
    .digest("hex");

/** Until the run has done some steps. */
const hasBegun = async (name: string, output: () => string): Promise<void> => {
  const steps = () => read("runs", name, "events.jsonl").split("\n").length;
  for (let tries = 0; steps() < 12; tries++) {
    if (tries > 600) throw new Error(`expected steps of ${name}, got:\n${output()}\n${slurm.logs()}`);
    await sleep(50);
  }
};

const submit = (name: string, text: string, parameters: string[], epochs = EPOCHS): Promise<string> => {
  writeFileSync(join(folder, `${name}.sh`), text);
  // The node of this Slurm has four CPUs.
  const options = ["--cpus-per-task=1", "--time=10", ...parameters];
  return slurm.submit(`${name}.sh`, options, { cwd: folder, env: { MLPCONV_DEBUG: "", EPOCHS: epochs } });
};

describe.skipIf(skipped)("under Slurm", { timeout: 180_000 }, () => {
  let whole: string;
  beforeAll(async () => {
    // As the scripts set it: on engine native the bits depend on it.
    vi.stubEnv("MLPCONV_THREADS", "1");
    const { code, stderr } = await run(
      ["train", ...small, "--epochs", EPOCHS, "--shards", "4", "--run", "whole"],
      folder,
    );
    expect(code, stderr).toBe(0);
    whole = digest("whole");
  }, 120_000);

  it.each([["pmix", 4] as const, ...(nightly ? [["pmi2", 2] as const] : [])])(
    "a run under --mpi=%s, on %i processes, is saved and goes on after a requeue, to the same bits",
    async (mpi, processes) => {
      const text = script("nin").replaceAll("--run nin", `--run ${mpi}`);
      expect(text).toContain("--mpi=pmix");
      const id = await submit(mpi, text.replace("--mpi=pmix", `--mpi=${mpi}`), [
        "--nodes=1",
        `--ntasks-per-node=${processes}`,
        `--output=${mpi}.out`,
      ]);
      const output = () => read(`${mpi}.out`);
      await hasBegun(mpi, output);
      await slurm.run(["scancel", "--signal=USR1", "--batch", id]);
      const [job] = await slurm.until(id, hasEnded, 120_000);
      expect(job, output()).toMatchObject({ state: "COMPLETED", exitCode: 0, restarts: 1 });
      expect(digest(mpi)).toBe(whole);
    },
  );

  it.runIf(nightly)("plain scancel saves the run", async () => {
    const id = await submit("cancel", script("nin").replaceAll("--run nin", "--run cancel"), [
      "--nodes=1",
      "--ntasks-per-node=2",
      "--output=cancel.out",
    ]);
    await hasBegun("cancel", () => read("cancel.out"));
    const before = Date.now();
    await slurm.run(["scancel", id]);
    const [job] = await slurm.until(id, hasEnded);
    expect(job!.state).toBe("CANCELLED");
    // Slurm calls a job cancelled while its processes still save.
    for (let tries = 0; read("runs", "cancel", ".lock") && tries < 200; tries++) await sleep(50);
    expect(statSync(join(folder, "runs", "cancel", "state.safetensors")).mtimeMs).toBeGreaterThan(before);
    const { code, stderr } = await run(["train", "--run", "cancel", "--resume"], folder);
    expect(code, stderr).toBe(0);
    expect(digest("cancel")).toBe(whole);
  });

  it("a sweep is an array with one run a task, and a task that was told to stop goes on", async () => {
    // As `compare --plan` writes them.
    const plan = [0, 1, 2].map(
      (seed) => `train --model nin --seed ${seed} --run sweep-${seed} --auto-resume`,
    );
    writeFileSync(join(folder, "plan.txt"), `${plan.join("\n")}\n`);
    const id = await submit(
      "sweep",
      script("sweep"),
      ["--array=1-3%2", "--output=sweep-%a.out"],
      EPOCHS_ALONE,
    );
    await hasBegun("sweep-0", () => read("sweep-1.out"));
    await slurm.run(["scancel", "--signal=USR1", "--batch", `${id}_1`]);
    const jobs = await slurm.until(id, hasEnded, 150_000);
    const outputs = [1, 2, 3].map((i) => read(`sweep-${i}.out`)).join("\n");
    expect(
      jobs.map(({ state }) => state),
      outputs,
    ).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
    expect(jobs.map((job) => job.restarts).toSorted()).toEqual([0, 0, 1]);
    for (const seed of [0, 1, 2]) {
      expect(JSON.parse(read("runs", `sweep-${seed}`, "config.json")).seed).toBe(seed);
      expect(JSON.parse(read("runs", `sweep-${seed}`, "summary.json"))).toBeDefined();
    }
  });
});
