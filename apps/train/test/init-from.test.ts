// A run that begins with the weights of another: what fits is loaded, frozen layers stay, and what cannot be is wrong usage.
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensorsFile, writeSafetensorsFile } from "@mlpconv/weights/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

const train = (...more: string[]) =>
  run(
    ["train", "--engine", "wasm", "--dataset", "synthetic", "--limit", "64", "--epochs", "1", ...more],
    folder,
  );
const weights = async (name: string, file: string) =>
  (await readSafetensorsFile(join(folder, "runs", name, file))).tensors;

it("train --init-from and --freeze body train the last layer on the weights of a run", async () => {
  expect((await train("--model", "lenet", "--run", "before")).code).toBe(0);
  const { code, stdout, stderr } = await train(
    ...["--model", "lenet", "--run", "after", "--init-from", "before", "--freeze", "body"],
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`start    10 weights from ${join("runs", "before", "best.safetensors")}`);
  const [before, after] = [
    await weights("before", "best.safetensors"),
    await weights("after", "last.safetensors"),
  ];
  for (const [key, { data }] of after)
    if (key.startsWith("11.")) expect(data, key).not.toEqual(before.get(key)!.data);
    else expect(data, key).toEqual(before.get(key)!.data);
});

it("train --init-from refuses what is no run, does not fit, or is no file of weights", async () => {
  const from = (what: string, model = "lenet") => train("--model", model, "--init-from", what);
  expect(await from("befor")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('got "befor"; did you mean "before"?'),
  });
  expect(await from("before", "ninMnist")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /expected --init-from to fit the net, got runs.*\(these weights are of --model lenet --resize 28, with 1 channel\)/,
    ),
  });
  await writeFile(join(folder, "broken.safetensors"), "no");
  expect(await from("broken.safetensors")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is no safetensors file"),
  });
  const freeze = (what: string, ...more: string[]) => train("--model", "lenet", "--freeze", what, ...more);
  expect(await freeze("5", "--init-from", "before")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('got "5"; the layers are 0, 3, 7, 9, 11'),
  });
  const all = await weights("before", "best.safetensors");
  const short = [...all].filter(([key]) => key !== "3.bias");
  await writeSafetensorsFile(join(folder, "short.safetensors"), short);
  expect(await freeze("body", "--init-from", "short.safetensors")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("got none that fit 3 (3.bias [16] is missing)"),
  });
});

it("a run goes on to the bit when the file of --init-from is gone, also before its first epoch is saved", async () => {
  const file = join(folder, "start weights.safetensors");
  await copyFile(join(folder, "runs", "before", "best.safetensors"), file);
  const flags = ["--model", "lenet", "--run", "gone", "--ema", "0.5", "--freeze", "0"];
  expect((await train(...flags, "--init-from", file)).code).toBe(0);
  const [last, average] = [
    await weights("gone", "last.safetensors"),
    await weights("gone", "average.safetensors"),
  ];
  // As if it had been stopped in its first step.
  const inRun = (name: string) => join(folder, "runs", "gone", name);
  await rename(inRun("state.previous.safetensors"), inRun("state.safetensors"));
  for (const name of ["summary.json", "last.safetensors", "average.safetensors"]) await rm(inRun(name));
  await rm(file);
  const { code, stderr } = await run(["train", "--run", "gone", "--resume"], folder);
  expect(code, stderr).toBe(0);
  expect(await weights("gone", "last.safetensors")).toEqual(last);
  expect(await weights("gone", "average.safetensors")).toEqual(average);
});

it("train --init-from takes the path of a run's folder, and says what other paths lack", async () => {
  const from = (what: string, ...more: string[]) => train("--model", "lenet", "--init-from", what, ...more);
  const { stdout } = await from("runs/before/", "--no-normalize");
  expect(stdout).toContain(join("runs", "before", "best.safetensors"));
  expect(stdout).toContain("for the same: --normalize --normalize-by own");
  await mkdir(join(folder, "empty"));
  for (const what of [".", "empty"])
    expect(await from(what)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`a folder with model.safetensors, got ${what} without`),
    });
  expect(await from("none.safetensors")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("got none.safetensors, which is not there"),
  });
});

it("train --init-from refuses weights that are not finite before it makes a run", async () => {
  const data = new Float32Array(10).fill(Number.NaN);
  await writeSafetensorsFile(join(folder, "nan.safetensors"), [
    ["11.weight", { dtype: "F32", shape: [10, 84], data: new Float32Array(840) }],
    ["11.bias", { dtype: "F32", shape: [10], data }],
  ]);
  expect(await train("--model", "lenet", "--run", "nan", "--init-from", "nan.safetensors")).toMatchObject({
    code: 2,
    stdout: expect.not.stringContaining("kept in"),
    stderr: expect.stringContaining("finite weights, got NaN in 11.bias of nan.safetensors"),
  });
});
