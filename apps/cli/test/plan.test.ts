// `compare --plan`: what it prints, and that it does nothing else.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { testProgram } from "../../../test/test-program.js";
import { run } from "./program.js";

const program = testProgram("main");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-plan-"));
});
afterEach(() => rm(folder, { recursive: true }));

const sweep =
  "compare --engine wasm --models lenet,ninMnist --seeds 2 --preset quick --resize 28 --epochs 2 --batch-size 8 --name s";

it("prints a line a run and nothing else, and writes nothing", async () => {
  const { code, stdout, stderr } = await run(`${sweep} --plan`, folder);
  expect(code).toBe(0);
  const recipe = "--preset quick --engine wasm --resize 28 --epochs 2 --batch-size 8";
  expect(stdout).toBe(
    [
      `train --model lenet --seed 0 --run s-lenet-seed0 --auto-resume ${recipe}\n`,
      `train --model ninMnist --seed 0 --run s-ninMnist-seed0 --auto-resume ${recipe}\n`,
      `train --model lenet --seed 1 --run s-lenet-seed1 --auto-resume ${recipe}\n`,
      `train --model ninMnist --seed 1 --run s-ninMnist-seed1 --auto-resume ${recipe}\n`,
    ].join(""),
  );
  expect(stderr).toContain("4 runs, 0 of them finished; to run: lines 1-4");
  expect(await readdir(folder)).toEqual([]);
});

it.skipIf(process.platform === "win32")(
  "with --json prints an array of arguments for each run, the same that xargs reads from the lines",
  async () => {
    const data = "it's my data";
    await mkdir(join(folder, data));
    const plan = (...more: string[]) =>
      execFileSync(
        process.execPath,
        [program, "compare", "--models", "lenet", "--seeds", "2", "--data", data, "--plan", ...more],
        { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      );
    const [first, ...others] = JSON.parse(plan("--json"));
    expect(others).toHaveLength(1);
    expect(first).toEqual([
      ...["train", "--model", "lenet", "--seed", "0", "--run", "quick-lenet-seed0", "--auto-resume"],
      ...["--preset", "quick", "--engine", "auto", "--data", data],
    ]);
    const print = ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--"];
    const [line] = plan().split("\n");
    const read = execFileSync("xargs", [process.execPath, ...print], { input: line, encoding: "utf8" });
    expect(JSON.parse(read)).toEqual(first);
  },
);

it.each([
  ["--plan --budget 1m", /expected --plan without --budget, got both; .*shorten the runs with --seeds/],
  ["--plan --models lenet,nim", /did you mean "nin"/],
  ["--plan more", /expected no arguments but flags, got "more"/],
])("refuses %s", async (flags, message) => {
  const { code, stdout, stderr } = await run(`compare ${flags}`, folder);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(message);
  expect(await readdir(folder)).toEqual([]);
});
