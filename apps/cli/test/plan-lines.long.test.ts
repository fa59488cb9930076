// Lines of `compare --plan` are run by other programs, also at the same time, twice or after a kill, and `compare` collects the runs as if it
// had trained them itself.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Run } from "@mlpconv/runs";
import { readRun } from "@mlpconv/runs/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testProgram } from "../../../test/test-program.js";
import { run } from "./program.js";

const program = testProgram("colours-program");

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "mlpconv-plan-"));
});
afterAll(() => rm(parent, { recursive: true }));

const newFolder = () => mkdtemp(join(parent, "at-"));
const mlpconv = (args: string, folder: string) => run(args, folder, program);

const sweep =
  "compare --engine wasm --models lenet --seeds 3 --preset quick --resize 28 --lr 0.01 --epochs 1 --batch-size 2 --name s";
const names = [0, 1, 2].map((seed) => `s-lenet-seed${seed}`);

const linesOf = async (command: string, folder: string): Promise<string[]> => {
  const { code, stdout, stderr } = await mlpconv(`${command} --plan`, folder);
  expect(code, stderr).toBe(0);
  return stdout.trimEnd().split("\n");
};

/** What a task of an array does: `echo <line> | xargs mlpconv`, or mlpconv itself where a signal is to reach it. */
const start = (line: string, cwd: string, command = ["xargs", process.execPath, program]) => {
  const env = { ...process.env, NO_COLOR: "1", MLPCONV_DEBUG: "" };
  const child = spawn(command[0]!, command.slice(1), { cwd, env });
  child.stdin.on("error", () => {}).end(`${line}\n`);
  const texts = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    texts.stdout += text;
  });
  child.stderr.on("data", (text) => {
    texts.stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, ...texts })),
  );
  return { child, ended };
};
const runLine = (line: string, folder: string) => start(line, folder).ended;
const startAlone = (line: string, folder: string) =>
  start("", folder, [process.execPath, program, ...line.split(" ")]);

const clocks = /seconds|PerSecond|peakRssBytes/i;
const timeless = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, each) => (clocks.test(key) ? 0 : each)));

/** What must be the same whoever trained: weights, events and figures, but for what the clock says. */
const outcomeOf = async (folder: string, name: string) => {
  const at = join(folder, "runs", name);
  const { config, events, summary }: Run = await readRun(at);
  const weights = await Promise.all(
    ["last", "best"].map((file) => readFile(join(at, `${file}.safetensors`), "base64")),
  );
  return timeless({ config, events, summary, weights });
};
const logged = async (folder: string, name: string): Promise<number> =>
  (await readFile(join(folder, "runs", name, "events.jsonl"), "utf8").catch(() => "")).split("\n").length;

/** Comparison and runs as `compare` alone makes them. */
const expected = async () => {
  const folder = await newFolder();
  const { code, stdout, stderr } = await mlpconv(`${sweep} --json`, folder);
  expect(code, stderr).toBe(0);
  const outcomes = await Promise.all(names.map((name) => outcomeOf(folder, name)));
  return { comparison: timeless(JSON.parse(stdout)), outcomes };
};

/** `compare` in a folder where lines were run: the same comparison, from the same runs. */
const expectCollected = async (
  folder: string,
  { comparison, outcomes }: Awaited<ReturnType<typeof expected>>,
) => {
  const { code, stdout, stderr } = await mlpconv(`${sweep} --json`, folder);
  expect(code, stderr).toBe(0);
  expect(timeless(JSON.parse(stdout))).toEqual(comparison);
  expect(await Promise.all(names.map((name) => outcomeOf(folder, name)))).toEqual(outcomes);
  return stderr;
};

describe.skipIf(process.platform === "win32")("lines of a plan", { timeout: 120_000 }, () => {
  let whole: Awaited<ReturnType<typeof expected>>;
  beforeAll(async () => {
    whole = await expected();
  }, 120_000);

  it("run at the same time give the rows and the bits of compare itself, and are left alone when they are run again", async () => {
    const folder = await newFolder();
    const lines = await linesOf(sweep, folder);
    for (const { code, stderr } of await Promise.all(lines.map((line) => runLine(line, folder))))
      expect(code, stderr).toBe(0);
    const planned = await mlpconv(`${sweep} --plan`, folder);
    expect(planned.stdout.trimEnd().split("\n")).toEqual(lines);
    expect(planned.stderr).toContain("3 runs, all of them finished");

    const files = async () => {
      const runs = await readdir(join(folder, "runs"), { recursive: true });
      return Promise.all(runs.map(async (path) => [path, (await stat(join(folder, "runs", path))).mtimeMs]));
    };
    const before = await files();
    const again = await runLine(lines[1]!, folder);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).toMatch(/^finished already: runs.s-lenet-seed1, test accuracy \d\.\d{3}\n$/);
    const json = await runLine(`${lines[1]} --json`, folder);
    expect(timeless(JSON.parse(json.stdout))).toEqual(whole.outcomes[1].summary);
    expect(await files()).toEqual(before);

    const stderr = await expectCollected(folder, whole);
    expect(stderr.match(/finished before/g)).toHaveLength(3);
  });

  it("go on to the same bits after SIGTERM and SIGKILL, and what is stopped or missing is left to compare", async () => {
    const folder = await newFolder();
    const lines = await linesOf(sweep, folder);
    for (const [i, signal] of (["SIGTERM", "SIGKILL"] as const).entries()) {
      const { child, ended } = startAlone(lines[i]!, folder);
      while ((await logged(folder, names[i]!)) < 5) await wait(5);
      child.kill(signal);
      const { code, stderr } = await ended;
      expect(code).toBe(signal === "SIGTERM" ? 143 : null);
      if (signal === "SIGTERM") expect(stderr).toContain("interrupted; the same command goes on");
    }
    const again = await runLine(lines[0]!, folder);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain("going on after step");
    expect(await outcomeOf(folder, names[0]!)).toEqual(whole.outcomes[0]);
    for (const line of lines.slice(0, 2)) {
      const { code, stderr } = await startAlone(`${line} --momentum 0.5`, folder).ended;
      expect(code).toBe(2);
      expect(stderr).toMatch(/expected the run as it was begun, got --momentum 0.5, and the run has/);
    }

    const planned = await mlpconv(`${sweep} --plan`, folder);
    expect(planned.stdout.trimEnd().split("\n")).toEqual(lines);
    expect(planned.stderr).toContain("3 runs, 1 of them finished; to run: lines 2-3");
    const stderr = await expectCollected(folder, whole);
    expect(stderr.match(/finished before/g)).toHaveLength(1);

    const other = await mlpconv(`${sweep.replace("--epochs 1", "--epochs 3")} --plan`, folder);
    expect(other).toMatchObject({ code: 2, stdout: "" });
    expect(other.stderr).toMatch(
      /s-lenet-seed0 to be a run of this comparison, got --epochs 3, and the run has 1/,
    );
  });

  it("started twice at the same time train once", async () => {
    const folder = await newFolder();
    const [line] = await linesOf(sweep, folder);
    const both = await Promise.all([startAlone(line!, folder).ended, startAlone(line!, folder).ended]);
    // Either one of them waited so long for its turn that it found the run finished, or it was refused.
    const refused = both.filter(({ code }) => code !== 0);
    expect(refused.length).toBeLessThanOrEqual(1);
    for (const { code, stderr } of refused) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/expected runs.s-lenet-seed0 to be free, but .*process/);
    }
    expect(await outcomeOf(folder, names[0]!)).toEqual(whole.outcomes[0]);
  });

  it("that still train are not run a second time by compare, which names the process", async () => {
    const folder = await newFolder();
    // As good as endless: nobody can finish it first.
    const long = sweep.replace("--seeds 3", "--seeds 1").replace("--epochs 1", "--epochs 9999");
    const [line] = await linesOf(long, folder);
    const { child, ended } = startAlone(line!, folder);
    while ((await logged(folder, names[0]!)) < 5) await wait(5);
    const { code, stdout, stderr } = await mlpconv(`${long} --json`, folder);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).failures).toEqual([
      {
        ...{ run: names[0], model: "lenet", seed: 0 },
        reason: expect.stringContaining(
          `to be free, but process ${child.pid} on ${hostname()} is writing to it; wait for it or stop it`,
        ),
      },
    ]);
    expect(stderr).toContain("the same command tries them again");
    // It was not disturbed.
    const steps = await logged(folder, names[0]!);
    while ((await logged(folder, names[0]!)) <= steps) await wait(5);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(143);
  });
});
