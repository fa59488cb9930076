// Several processes train one run, as users start them: with mpirun and mpiexec. The same bits on any number of them, whatever happens.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MpiLauncher, mpiEnvironment, mpiLaunchers } from "../../../test/mpi-launchers.js";
import { nightly } from "../../../test/nightly.js";
import { command } from "./program.js";

const launchers = mpiLaunchers();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-processes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the program once for each list of arguments, in its folder if one is given; `outcome` is there when all have ended. */
const launch = (
  { command: [launcher, ...options] }: MpiLauncher,
  lists: readonly (readonly string[])[],
  env: NodeJS.ProcessEnv = {},
  folders: readonly string[] = [],
): { child: ChildProcess; outcome: Promise<Outcome> } => {
  const parts = lists.flatMap((args, i) => [
    ...(i > 0 ? [":"] : []),
    ...["-n", "1", ...(folders[i] === undefined ? [] : ["-wdir", folders[i]])],
    ...command,
    ...args,
  ]);
  const child = spawn(launcher!, [...options, ...parts], {
    cwd: folder,
    env: {
      ...process.env,
      ...mpiEnvironment,
      NO_COLOR: "1",
      MLPCONV_THREADS: "1",
      npm_config_user_agent: "",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    const texts = { stdout: "", stderr: "" };
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      texts.stdout += text;
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      texts.stderr += text;
    });
    child.on("error", reject).on("close", (code) => resolve({ code, ...texts }));
  });
  return { child, outcome };
};

const alike = (n: number, args: readonly string[]) => Array.from({ length: n }, () => args);

/** Its 200 test images take less time than Fashion-MNIST's 10,000. */
const drawn = ["--dataset", "synthetic"];

/** A run with dropout, flips and a short last batch: 150 = 4 * 32 + 22. */
const recipe = (engine: string, name: string, ...more: string[]) => [
  ...[
    "train",
    ...drawn,
    "--engine",
    engine,
    "--model",
    "ninMnist",
    "--preset",
    "quick",
    "--limit",
    "150",
    "--resize",
    "12",
  ],
  ...["--batch-size", "32", "--epochs", "2", "--dropout", "0.3", "--flip"],
  ...["--augment", "shift:2,mixup:0.4", "--shards", "4", "--run", name],
  ...more,
];
/** A run of many steps, to be stopped. */
const endless = (name: string, ...more: string[]) => [
  ...["train", ...drawn, "--engine", "wasm", "--model", "lenet", "--preset", "quick", "--limit", "600"],
  ...["--batch-size", "4", "--epochs", "40", "--shards", "4", "--save-every", "5", "--run", name],
  ...more,
];
const at = (name: string, file = "") => join(folder, "runs", name, file);

/** All that a run leaves, but for what the clock says. */
const outcomeOf = async (name: string) => {
  const clocks = ["seconds", "examplesPerSecond", "peakRssBytes"];
  const timeless = (text: string) => JSON.parse(text, (key, value) => (clocks.includes(key) ? 0 : value));
  const digest = async (file: string) =>
    createHash("sha256")
      .update(await readFile(at(name, file)))
      .digest("hex");
  return {
    last: await digest("last.safetensors"),
    best: await digest("best.safetensors"),
    model: await digest("model/weights.bin"),
    events: (await readFile(at(name, "events.jsonl"), "utf8")).trimEnd().split("\n").map(timeless),
    summary: timeless(await readFile(at(name, "summary.json"), "utf8")),
  };
};

const stepsOf = async (name: string): Promise<number> =>
  ((await readFile(at(name, "events.jsonl"), "utf8").catch(() => "")).match(/"type":"step"/g) ?? []).length;

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const untilSteps = async (name: string, steps: number) => {
  for (let tries = 0; (await stepsOf(name)) < steps; tries++) {
    if (tries > 600) throw new Error(`${name}: expected ${steps} steps within a minute`);
    await wait(100);
  }
};

/** The processes of the program that belong to this run, in the order of their start, which is that of their ranks. */
const processesOf = async (name: string): Promise<number[]> => {
  const found: number[] = [];
  for (const id of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const words = (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (words[0] === process.execPath && words.includes(name) && words.includes("train"))
      found.push(Number(id));
  }
  return found.sort((a, b) => a - b);
};

describe.skipIf(process.platform !== "linux").each(launchers)("under $name", (launcher) => {
  // What does not depend on the library is tested under the first one alone, and by night what hardly does: faults are tested under each of them in
  // the tests of the package that calls MPI.
  const isFirst = launcher === launchers[0];
  const isTried = isFirst || nightly;
  const prefix = launcher.name.toLowerCase().replace(/\W/g, "");

  it.each(isFirst ? ["native", "wasm"] : ["native"])(
    "gives the same weights, events and summary on 1 and 4 processes, on %s",
    { timeout: 240_000 },
    async (engine) => {
      const outcomes = [];
      // Two take part in the next test.
      for (const n of [1, 4]) {
        const name = `${prefix}-${engine}-${n}`;
        const { code, stdout, stderr } = await launch(launcher, alike(n, recipe(engine, name))).outcome;
        expect(code, stderr).toBe(0);
        if (n > 1)
          expect(stdout).toMatch(
            new RegExp(`^together ${n} processes \\(.*\\): .+ \\(${n} processes of 1 thread\\)`, "m"),
          );
        // One process talks.
        expect(stdout.match(/^epoch 2\/2/gm)).toHaveLength(1);
        outcomes.push(await outcomeOf(name));
      }
      for (const outcome of outcomes.slice(1)) expect(outcome).toEqual(outcomes[0]);
    },
  );

  it.runIf(isTried)(
    "a run that is killed on 4 processes goes on with 2 and 1, to the bits of one that never stopped",
    {
      timeout: 240_000,
    },
    async () => {
      const whole = `${prefix}-whole`;
      const args = (name: string, ...more: string[]) =>
        recipe("wasm", name, "--save-every", "1", "--epochs", "8", ...more);
      expect((await launch(launcher, alike(1, args(whole))).outcome).code).toBe(0);
      const name = `${prefix}-killed`;
      for (const [n, steps] of [
        [4, 2],
        [2, 5],
      ] as const) {
        const resume = n === 4 ? [] : ["--resume"];
        const { outcome } = launch(launcher, alike(n, args(name, "--patience", "5", ...resume)));
        await untilSteps(name, steps);
        const [, victim] = await processesOf(name);
        process.kill(victim!, "SIGKILL");
        expect((await outcome).code).not.toBe(0);
      }
      const { code, stderr } = await launch(launcher, alike(1, args(name, "--resume"))).outcome;
      expect(code, stderr).toBe(0);
      expect(await outcomeOf(name)).toEqual(await outcomeOf(whole));
    },
  );

  it.runIf(isFirst).each([
    ["SIGUSR1", 138],
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)(
    "%s to one process ends all after the same step, saved",
    { timeout: 90_000 },
    async (signal, exitCode) => {
      const name = `${prefix}-${signal.toLowerCase()}`;
      const { outcome } = launch(launcher, alike(2, endless(name)));
      await untilSteps(name, 3);
      const [, second] = await processesOf(name);
      process.kill(second!, signal);
      const { code, stderr } = await outcome;
      expect(code).toBe(exitCode);
      expect(stderr).toContain(`interrupted; go on with: pnpm train --run ${name} --resume`);
      expect(JSON.parse(await readFile(at(name, "summary.json"), "utf8"))).toMatchObject({
        interrupted: true,
      });
      expect(await processesOf(name)).toEqual([]);
    },
  );

  it.runIf(isTried)("SIGUSR1 to the launcher ends all, saved", { timeout: 90_000 }, async () => {
    const name = `${prefix}-launcher`;
    const { child, outcome } = launch(launcher, alike(2, endless(name)));
    await untilSteps(name, 3);
    child.kill("SIGUSR1");
    const { code, stdout, stderr } = await outcome;
    // MPICH's mpiexec sometimes ends with 0 though its processes ended with 138.
    expect(launcher.name === "MPICH" ? [0, 138] : [138], `${stdout}\n${stderr}`).toContain(code);
    expect(JSON.parse(await readFile(at(name, "summary.json"), "utf8"))).toMatchObject({ interrupted: true });
  });

  it.runIf(isFirst)(
    "a signal that comes while the processes start ends all",
    { timeout: 90_000 },
    async () => {
      const name = `${prefix}-early`;
      const { outcome } = launch(launcher, alike(2, endless(name)));
      // As soon as the second process has read its modules, of which koffi is one.
      for (let mapped = ""; !mapped.includes("koffi"); await wait(5)) {
        const [, second] = await processesOf(name);
        mapped = second ? await readFile(`/proc/${second}/maps`, "utf8").catch(() => "") : "";
        if (mapped.includes("koffi")) process.kill(second!, "SIGUSR1");
      }
      const { code, stderr } = await outcome;
      expect(code, stderr).toBe(138);
      expect(stderr).toMatch(/interrupted before/);
    },
  );

  it.runIf(isTried)(
    "a signal to the launcher before training began is told once",
    { timeout: 90_000 },
    async () => {
      const name = `${prefix}-compiling`;
      // Empty, so that the kernels are compiled, which takes long without ccache.
      const cache = await mkdtemp(join(folder, "cache-"));
      const args = ["train", ...drawn, "--engine", "native", "--model", "lenet", "--run", name];
      const { child, outcome } = launch(launcher, alike(4, args), {
        XDG_CACHE_HOME: cache,
        CCACHE_DISABLE: "1",
      });
      child.stderr!.on("data", (text: string) => {
        if (text.includes("compiling")) setTimeout(() => child.kill("SIGUSR1"), 500);
      });
      const { stderr } = await outcome;
      expect(stderr.match(/once for this machine/g)).toHaveLength(1);
      expect(stderr.match(/^interrupted before training began$/gm)).toHaveLength(1);
      expect(stderr).not.toMatch(/^process \d/m);
    },
  );

  it.runIf(isTried).each(isFirst ? [0, 1] : [1])(
    "a stopped process %i makes the others end within their patience, and the run goes on later",
    { timeout: 90_000 },
    async (rank) => {
      const name = `${prefix}-stopped-${rank}`;
      const { outcome } = launch(launcher, alike(2, endless(name, "--patience", "3")));
      await untilSteps(name, 6);
      const stopped = (await processesOf(name))[rank]!;
      process.kill(stopped, "SIGSTOP");
      const from = performance.now();
      const { code, stderr } = await outcome;
      expect(performance.now() - from).toBeLessThan(12_000);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(new RegExp(`rank ${rank}\\b`));
      expect(stderr).toContain(`--run ${name} --resume`);
      for (const left of await processesOf(name)) process.kill(left, "SIGKILL");
      const { outcome: resumed } = launch(launcher, alike(1, endless(name, "--resume")));
      const before = await stepsOf(name);
      await untilSteps(name, before + 2);
      process.kill((await processesOf(name))[0]!, "SIGUSR1");
      expect((await resumed).code).toBe(138);
    },
  );

  it.runIf(isFirst)("refuses command lines that differ, naming the process and the field", async () => {
    const name = `${prefix}-differ`;
    const { code, stderr } = await launch(launcher, [
      endless(name, "--lr", "0.1"),
      endless(name, "--lr", "0.2"),
    ]).outcome;
    expect(code).toBe(2);
    expect(stderr).toContain(
      `train: expected the command line of process 1 (${hostname()}) to be that of process 0 (${hostname()}), got learningRate 0.2, not 0.1; start all processes alike`,
    );
    expect(stderr.match(/start all processes alike/g)).toHaveLength(1);
    await expect(readdir(at(name))).rejects.toThrow("ENOENT");
  });

  it.runIf(isTried).each(isFirst ? [0, 1] : [1])(
    "ends all when process %i alone is given a flag that there is not",
    async (wrong) => {
      const args = endless(`${prefix}-flag-${wrong}`);
      const { child, outcome } = launch(
        launcher,
        [0, 1].map((rank) => (rank === wrong ? [...args, "--nope"] : args)),
      );
      const tooLong = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const { code, stderr } = await outcome;
      clearTimeout(tooLong);
      expect(stderr.match(/unknown option '--nope'/g)).toHaveLength(1);
      expect(stderr).toContain(
        `${wrong === 0 ? "" : `process 1 (${hostname()}): `}train: unknown option '--nope'`,
      );
      expect(code).toBe(2);
    },
  );

  it.runIf(isFirst).each([
    [["train", "--nope"], "train: unknown option '--nope'"],
    [["trian"], "trian: unknown command 'trian'; did you mean \"train\"?"],
    [["evaluate"], "evaluate: expected one process, got 4"],
    [[], "Usage: pnpm [options] [command]"],
  ])("tells once what is wrong with %j on all processes", async (args, message) => {
    const { code, stderr } = await launch(launcher, alike(4, args)).outcome;
    expect(code).toBe(2);
    expect(stderr.split(message)).toHaveLength(2);
    expect(stderr).not.toMatch(/MPI_Abort|MPI_ABORT/);
  });

  it.runIf(isFirst)("prints a help text once", async () => {
    const { code, stdout } = await launch(launcher, alike(4, ["train", "--help"])).outcome;
    expect(code).toBe(0);
    expect(stdout.match(/^Usage: /gm)).toHaveLength(1);
  });

  it.runIf(isFirst)("tells once that there is no library", async () => {
    const { code, stderr } = await launch(launcher, alike(4, ["train"]), { MLPCONV_MPI: "/no/libmpi.so" })
      .outcome;
    expect(code).toBe(1);
    expect(stderr.match(/expected the library of/g)).toHaveLength(1);
  });

  it.runIf(isFirst)("tells what one process lacks, once, and that it can be sent", async () => {
    const name = `${prefix}-data`;
    const lists = [endless(name), endless(name, "--data", "nowhere")];
    const { code, stderr } = await launch(launcher, lists).outcome;
    expect(code).toBe(1);
    expect(stderr.match(/process 1 \(.*\): .*nowhere/g)).toHaveLength(1);
    expect(stderr).toContain("--data-from-rank-0");
    await expect(readdir(at(name))).rejects.toThrow("ENOENT");
  });

  it.runIf(isFirst)(
    "sends the images of process 0 where that is asked for",
    { timeout: 90_000 },
    async () => {
      const [own, sent] = [`${prefix}-own`, `${prefix}-sent`];
      expect((await launch(launcher, alike(2, recipe("wasm", own))).outcome).code).toBe(0);
      const args = recipe("wasm", sent, "--data-from-rank-0");
      const { code, stderr } = await launch(launcher, [args, [...args, "--data", "nowhere"]]).outcome;
      expect(code, stderr).toBe(0);
      expect(await outcomeOf(sent)).toEqual(await outcomeOf(own));
    },
  );

  it.runIf(isFirst)(
    "sends the weights to begin with from process 0, which alone has them",
    { timeout: 90_000 },
    async () => {
      const before = `${prefix}-before`;
      const elsewhere = join(folder, "elsewhere");
      await mkdir(elsewhere);
      expect((await launch(launcher, alike(1, recipe("wasm", before))).outcome).code).toBe(0);
      const more = [
        "--init-from",
        before,
        "--freeze",
        "0",
        "--ema",
        "0.5",
        "--clip",
        "1",
        "--class-weights",
        "balanced",
      ];
      const outcomes = [];
      for (const n of [1, 2]) {
        const name = `${prefix}-from-${n}`;
        const args = alike(n, recipe("wasm", name, ...more));
        const { code, stderr } = await launch(launcher, args, {}, [folder, elsewhere]).outcome;
        expect(code, stderr).toBe(0);
        outcomes.push([await outcomeOf(name), await readFile(at(name, "average.safetensors"))]);
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
    },
  );

  it.runIf(isFirst).each([
    [3, [], "expected 1, 2, 4, 8, ... processes, got 3; start 2 of them"],
    [4, ["--shards", "2"], "expected at most 2 processes, the run's shards, got 4"],
    [2, ["--shards", "6"], "expected --shards to be a power of two, got 6"],
  ])("refuses %i processes with %j", async (n, flags, message) => {
    const args = ["train", "--engine", "wasm", "--limit", "100", ...flags];
    const { code, stderr } = await launch(launcher, alike(n, args)).outcome;
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.split(message)).toHaveLength(2);
  });

  it("refuses the library of another launcher", async () => {
    const other = launcher.name === "MPICH" ? "libmpi.so.40" : "libmpich.so.12";
    const { code, stderr } = await launch(launcher, alike(2, endless(`${prefix}-wrong`)), {
      MLPCONV_MPI: other,
    }).outcome;
    expect(code).not.toBe(0);
    expect(stderr.match(/2 processes started by \w+, but each sees a world of 1/g)).toHaveLength(1);
  });
});

it("one process alone trains to the bits of shards on many", { timeout: 60_000 }, async () => {
  const name = "no-launcher";
  const child = spawn(command[0]!, [...command.slice(1), ...recipe("wasm", name)], {
    cwd: folder,
    // As many as each of the processes has that are started together.
    env: { ...process.env, NO_COLOR: "1", MLPCONV_THREADS: "1" },
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  const [first] = launchers;
  if (!first) return;
  const together = `${name}-${first.name.length}`;
  expect((await launch(first, alike(2, recipe("wasm", together))).outcome).code).toBe(0);
  expect(await outcomeOf(together)).toEqual(await outcomeOf(name));
});
