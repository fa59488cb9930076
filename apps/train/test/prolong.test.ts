// A run that goes on with other settings: longer, with another learning rate; what may not be changed is refused.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggedEvent } from "@mlpconv/trainer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string, file: string) => join(folder, "runs", name, file);
const json = async (name: string, file: string) => JSON.parse(await readFile(at(name, file), "utf8"));
const weights = async (name: string) =>
  createHash("sha256")
    .update(await readFile(at(name, "last.safetensors")))
    .digest("hex");
const events = async (name: string): Promise<LoggedEvent[]> =>
  (await readFile(at(name, "events.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const train = async (flags: string, code = 0) => {
  const found = await run(["train", ...flags.split(" ")], folder);
  expect(found.code, found.stderr).toBe(code);
  return found;
};
const recipe =
  "--engine wasm --dataset synthetic --model lenet --limit 64 --batch-size 16 --schedule constant --warmup 0 --lr 0.05";

it("train --resume --epochs prolongs a finished run to what a run of so many epochs is, and says that it was changed", async () => {
  await train(`${recipe} --epochs 2 --run short`);
  await train(`${recipe} --epochs 4 --run whole`);
  const { stdout } = await train("--run short --resume --epochs 4");
  expect(stdout).toContain(
    "changed  --epochs 2 to 4: from here on it is no longer what one uninterrupted run would be",
  );
  expect(await weights("short")).toBe(await weights("whole"));
  expect(await json("short", "config.json")).toEqual(await json("whole", "config.json"));
  expect(await json("short", "summary.json")).toMatchObject({ epochs: 4, interrupted: false });
  expect((await events("short")).filter(({ type }) => type !== "step").map(({ type }) => type)).toEqual([
    ...["start", "epoch", "epoch", "change", "epoch", "epoch", "end"],
  ]);
});

it("a changed run goes on to the bit, and without changes when the flags repeat what it has", async () => {
  await train("--run short --resume --lr 0.01 --clip 1 --epochs 6 --save-every 3");
  const change = (await events("short")).findLast(({ type }) => type === "change");
  expect(change).toEqual({
    type: "change",
    step: 16,
    epochs: 6,
    changes: [
      { setting: "epochs", from: 4, to: 6 },
      { setting: "learningRate", from: 0.05, to: 0.01 },
      { setting: "clipNorm", from: null, to: 1 },
    ],
  });
  const before = await weights("short");
  const steps = (await events("short")).flatMap((event) => (event.type === "step" ? event.learningRate : []));
  expect(steps.slice(15, 17)).toEqual([0.05, 0.01]);
  // As if it had been killed in its last epoch.
  await rename(at("short", "state.previous.safetensors"), at("short", "state.safetensors"));
  for (const file of ["summary.json", "last.safetensors"]) await rm(at("short", file));
  const { stdout } = await train("--run short --resume --epochs 6 --lr 0.01");
  expect(stdout).not.toContain("changed");
  expect(await weights("short")).toBe(before);
});

it("train --resume refuses other changes with both values, and what does not go together", async () => {
  const refused = async (flags: string, words: string) =>
    expect((await train(`--run whole ${flags}`, 2)).stderr).toContain(words);
  await refused(
    "--resume --batch-size 32",
    "--batch-size 32, and the run has 16; leave the flags away or start a new run; --resume may change --epochs, --lr,",
  );
  await refused(
    "--resume --epochs 3",
    "expected --epochs to be at least 4, the epochs that the run has begun",
  );
  await refused("--resume --cycles 2", "expected --cycles with --schedule restarts, got constant");
  await refused("--auto-resume --epochs 5", "--epochs 5, and the run has 4");
  expect(await json("whole", "summary.json")).toMatchObject({ epochs: 4 });
  expect((await events("whole")).at(-1)!.type).toBe("end");
});
