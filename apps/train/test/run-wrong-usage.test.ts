// What evaluate, predict and export refuse before any work: message and exit code of the real programs.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fashionMnistInfo } from "@mlpconv/datasets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveSettings } from "../src/train/settings.js";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
  const asked = { engine: "auto", json: false, resume: false, model: "lenet", preset: "quick" } as const;
  const machine = {
    engine: "wasm",
    device: "",
    data: { ...fashionMnistInfo, examples: { train: 60_000, test: 10_000 }, sha256: "00" },
    node: "",
  };
  const config = { ...resolveSettings(asked, { gpu: false, dataset: fashionMnistInfo }), ...machine };
  const make = async (name: string, text: string) => {
    await mkdir(join(folder, "runs", name), { recursive: true });
    await writeFile(join(folder, "runs", name, "config.json"), text);
  };
  await make("lenet-1", JSON.stringify(config));
  await make("torn", JSON.stringify(config).slice(0, 30));
  await make("wrong", JSON.stringify({ ...config, model: "lennet" }));
});
afterAll(() => rm(folder, { recursive: true }));

const commands = {
  evaluate: [],
  predict: ["coat.png"],
  export: ["--to", "onnx", "out"],
};

describe.each(Object.entries(commands))("%s", (command, rest) => {
  const start = (...args: string[]) => run([command, ...args, ...rest], folder);

  it("a missing or unknown run is wrong usage, exit code 2, and the nearest name is suggested", async () => {
    expect(await start()).toEqual({
      code: 2,
      stdout: "",
      stderr: `${command}: expected --run to name a run, such as --run try-1, got none\n`,
    });
    expect(await start("--run", "lenet1")).toEqual({
      code: 2,
      stdout: "",
      stderr: `${command}: expected --run to name a run in runs, got "lenet1"; did you mean "lenet-1"?\n`,
    });
  });

  it("help teaches by example, exit code 0", async () => {
    const { code, stdout } = await start("--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`pnpm ${command} --run try-1`);
  });
});

it("a run without weights is an error, exit code 1", async () => {
  const { code, stderr } = await run(["predict", "--run", "lenet-1", "coat.png"], folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /expected best.safetensors or last.safetensors in runs.lenet-1, got none; the run has saved/,
  );
});

it("a broken config.json is an error that names the file, exit code 1, without a stack", async () => {
  for (const [name, expected] of [
    [
      "torn",
      /^run: expected JSON in runs.torn.config.json, got: .*; restore the file, or leave this run out\n$/,
    ],
    [
      "wrong",
      /^run: runs.wrong.config.json, model: expected one of "nin", .*got "lennet"; restore the file, or leave this run out\n$/,
    ],
  ] as const) {
    const { code, stderr } = await run(["evaluate", "--run", name], folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain("    at ");
  }
});

it("a run's name without its flag is wrong usage, exit code 2, and the flag is named", async () => {
  expect(await run(["evaluate", "first"], folder)).toMatchObject({
    code: 2,
    stderr: 'evaluate: expected no arguments but flags, got "first"; name a run with --run first\n',
  });
});

it("an unknown flag is wrong usage, exit code 2, and the nearest one is suggested", async () => {
  const { code, stderr } = await run(["export", "--weigths", "last"], folder);
  expect(code).toBe(2);
  expect(stderr).toBe(`export: unknown option '--weigths'; did you mean "--weights"?\n`);
});

it("wrong values are all reported, each with its fix", async () => {
  const predict = await run(["predict", "--weights", "bset", "--invert", "on", "--json", "--jsonl"], folder);
  expect(predict.code).toBe(2);
  expect(predict.stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^predict: expected at least one picture, such as .*ankle-boot\.png, got none$/),
    "predict: expected --run to name a run, such as --run try-1, got none",
    'predict: expected --weights to be one of best, last, average, got "bset"; did you mean "best"?',
    'predict: expected --invert to be one of auto, yes, no, got "on"',
    "predict: expected --json or --jsonl, got both",
  ]);
  const exported = await run(["export", "--run", "lenet-1", "--to", "onx"], folder);
  expect(exported.code).toBe(2);
  expect(exported.stderr.trimEnd().split("\n")).toEqual([
    'export: expected --to to be one of onnx, safetensors, tfjs, got "onx"; did you mean "onnx"?',
    "export: expected a folder to write, such as exported, got none",
  ]);
  const folded = await run(
    ["export", "--run", "lenet-1", "--to", "tfjs", "--fold-batch-norm", "out"],
    folder,
  );
  expect(folded).toMatchObject({
    code: 2,
    stderr: "export: expected --fold-batch-norm with --to onnx, got --to tfjs; leave it out\n",
  });
});

it("without any run, the error says which command creates one", async () => {
  await mkdir(join(folder, "empty"));
  const { code, stderr } = await run(["evaluate", "--run", "try-1"], join(folder, "empty"));
  expect(code).toBe(2);
  expect(stderr).toContain('got "try-1"; there are none yet: pnpm train makes one');
});
