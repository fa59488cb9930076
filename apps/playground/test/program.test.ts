// `playground` as a user starts it: what it says, how it ends, and a run that another process is writing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createProgram, runProgram } from "@mlpconv/cli-kit";
import { readSafetensors } from "@mlpconv/weights";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { playgroundCommands } from "../src/server/index.js";
import type { ServedEvents, ServedRun } from "../src/server/served.js";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const page = source("../dist/index.html");
if (!existsSync(page))
  throw new Error(`expected ${page}, got none; build it: pnpm --filter @mlpconv/playground build`);

const cwd = mkdtempSync(join(tmpdir(), "playground-program-"));
// A folder in which the data set is not, wherever it may be on this machine.
const nowhere = join(cwd, "nowhere");
mkdirSync(nowhere);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const begin = (program: string, parameters: readonly string[]) => {
  const child = spawn(
    process.execPath,
    ["--conditions=@mlpconv/source", "--import", import.meta.resolve("tsx"), program, ...parameters],
    { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } },
  );
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => (printed.stdout += text));
  child.stderr.on("data", (text) => (printed.stderr += text));
  // Once its output is read to the end.
  const ended = once(child, "close").then(([code]) => ({ code: code as number, ...printed }));
  return { child, printed, ended };
};

const playground = (...parameters: string[]) =>
  begin(source("../src/server/main.ts"), ["playground", "--no-open", ...parameters]);

/** Runs the program in this process, for what ends it at once. @returns its exit code and what it printed */
const runHere = async (...parameters: string[]) => {
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const program = createProgram("pnpm");
    for (const command of playgroundCommands()) program.addCommand(command);
    return { code: await runProgram(program, ["playground", "--no-open", ...parameters]), ...printed };
  } finally {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  }
};

const serving = async (started: ReturnType<typeof playground>): Promise<string> => {
  for (;;) {
    const found = /^page +(\S+)/m.exec(started.printed.stdout);
    if (found) return found[1]!;
    const end = await Promise.race([started.ended, wait(50)]);
    if (end) throw new Error(`expected the program to serve, got: ${end.stdout}${end.stderr}`);
  }
};

describe("what is wrong is said, and nothing is served", () => {
  test.each([
    [["--run", "none", "--port", "0"], 2, /expected --run to name a run in runs, got "none"/],
    [
      ["--port", "70000", "--host", "a b"],
      2,
      /expected --port to be a whole number .*\n.*expected --host to be an address/,
    ],
    [["--dataset", "fashion"], 2, /expected --dataset to be one of/],
    [
      ["--dataset", "fashion-mnist", "--data", "nowhere"],
      1,
      /fashion-mnist: expected four intact IDX files in/,
    ],
    [["--data", "nowhere"], 1, /expected /],
    [
      ["--dataset", "synthetic", "--host", "host.invalid"],
      1,
      /expected --host to be an address of this machine/,
    ],
    [["left"], 2, /expected no arguments but flags, got "left"/],
  ] as const)("%j: exit code %d", async (parameters, code, words) => {
    const ended = await runHere(...parameters);
    expect(ended.stderr).toMatch(words);
    expect([ended.code, ended.stdout]).toEqual([code, ""]);
  });

  test("a port in use: exit code 1", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    try {
      const { code, stderr } = await runHere("--dataset", "synthetic", "--port", String(port));
      expect([code, stderr]).toEqual([
        1,
        `playground: expected port ${port} to be free, got one in use; leave --port out, or stop what uses it\n`,
      ]);
    } finally {
      other.close();
    }
  });
});

describe("a run that train is writing", () => {
  let training: ReturnType<typeof begin>;
  beforeAll(async () => {
    const flags =
      "--dataset synthetic --model lenet --resize 28 --epochs 2 --limit 640 --engine wasm --run live";
    training = begin(source("../../train/src/main.ts"), ["train", ...flags.split(" ")]);
    while (!existsSync(join(cwd, "runs/live/config.json"))) {
      const end = await Promise.race([training.ended, wait(20)]);
      if (end) throw new Error(`expected train to write a run, got: ${end.stdout}${end.stderr}`);
    }
  });
  afterAll(() => training.child.kill());

  test("is served from its beginning to its end, with data of its kind and its weights, until Ctrl-C", async () => {
    const program = playground("--run", "live", "--port", "0");
    const address = await serving(program);
    const get = async <T>(path: string): Promise<T> =>
      (await fetch(new URL(path, address))).json() as Promise<T>;
    expect(await get("run/config.json")).toMatchObject({ model: "lenet" });
    expect(await get("data/data.json")).toMatchObject({ name: "synthetic" });
    const types: string[] = [];
    let [log, next] = [0, 0];
    while (types.at(-1) !== "end") {
      const found = await get<ServedEvents>(`run/events.json?log=${log}&from=${next}`);
      expect(found.from).toBe(next);
      types.push(...found.events.map(({ type }) => type));
      ({ log, next } = found);
      await wait(100);
    }
    expect(types[0]).toBe("start");
    expect(types.filter((type) => type === "epoch")).toHaveLength(2);
    expect((await training.ended).code).toBe(0);
    expect(await get<ServedRun>("run/run.json")).toEqual({
      name: "live",
      weights: ["best", "last"],
      finished: true,
    });
    const weights = await (await fetch(new URL("run/last.safetensors", address))).arrayBuffer();
    expect(readSafetensors(new Uint8Array(weights)).metadata).toMatchObject({ epoch: "2" });

    // Ends also while the connection of a page is open.
    program.child.kill("SIGINT");
    expect(await program.ended).toMatchObject({ code: 130, stderr: "playground: ended\n" });
    await expect(fetch(address)).rejects.toThrow();
  });
});
