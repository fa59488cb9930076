// Programs whose reader goes away, whose output is closed, or that are told to stop before they train.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fashionMnist } from "@mlpconv/datasets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, start } from "./program.js";

const missing = await fashionMnist({ download: false }).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing) console.warn(`skipped: runs on Fashion-MNIST, because it is not on this machine\n${missing}`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pipes-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a shell's command in which `$P` starts the programs. */
const shell = (script: string) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", P: "" };
    const quoted = command.map((word) => `'${word}'`).join(" ");
    execFile(
      "bash",
      ["-c", `set -o pipefail; ${script.replaceAll("$P", quoted)}`],
      { cwd: folder, env },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
const lenet = "train --dataset synthetic --model lenet --engine wasm --limit 256 --epochs 1";
const summary = async (run: string) =>
  JSON.parse(await readFile(join(folder, "runs", run, "summary.json"), "utf8"));

describe.skipIf(process.platform === "win32")("without a reader", () => {
  it.skipIf(missing).each([
    ["head", `$P ${lenet} --run head | head -n 1`, /^next: pnpm evaluate .*\n$/],
    ["neither", `$P ${lenet} --run neither >&- 2> >(exec true)`, /^$/],
  ])("train goes on to its end: %s", async (run, script, expected) => {
    const { code, stderr } = await shell(script);
    expect(stderr).toMatch(expected);
    expect(code).toBe(0);
    expect((await summary(run)).interrupted).toBe(false);
  });

  it.each(["train --help", "train --lr x", "evaluate --run none"])(
    "%s ends as it does with one",
    async (args) => {
      const read = await shell(`$P ${args} >/dev/null 2>&1`);
      for (const script of [`$P ${args} 2>&1 | true`, `$P ${args} >&- 2>&-`]) {
        const { code, stdout, stderr } = await shell(script);
        expect([code, stdout, stderr], script).toEqual([read.code, "", ""]);
      }
    },
  );

  it.skipIf(process.platform !== "linux")(
    "a full disk behind stdout is reported, with exit code 1",
    async () => {
      const { code, stderr } = await shell("$P train --help > /dev/full");
      expect(stderr).toBe("train: expected stdout to take the output, got a full disk (ENOSPC); make room\n");
      expect(code).toBe(1);
    },
  );
});

// Windows has no signals: a child can only be ended there, not asked to stop.
describe.skipIf(process.platform === "win32")("told to stop", () => {
  it.skipIf(missing)("by SIGHUP train saves, and goes on from there", async () => {
    const args = "train --model lenet --engine wasm --epochs 50 --run hangup".split(" ");
    const { child, outcome } = start(args, folder);
    const log = join(folder, "runs", "hangup", "events.jsonl");
    while (!(await readFile(log, "utf8").catch(() => "")).includes('"step"')) await wait(50);
    // The terminal is gone with it.
    child.stdout!.destroy();
    child.stderr!.destroy();
    child.kill("SIGHUP");
    const code = await new Promise((resolve) => child.on("exit", resolve));
    void outcome.catch(() => {});
    expect(code).toBe(129);
    expect((await summary("hangup")).interrupted).toBe(true);
    expect(await readdir(join(folder, "runs", "hangup"))).toContain("state.safetensors");
  });

  /** A compiler that never ends, and says when it has begun. */
  const slowCompiler = () => {
    const bin = join(folder, "slow compiler");
    mkdirSync(bin, { recursive: true });
    const path = join(folder, "slow-c++");
    writeFileSync(
      path,
      `#!/bin/sh\ncase "$*" in *--version*) echo slow 1.0;; *) echo $$ >> "${join(folder, "compiling")}"; exec sleep 600;; esac\n`,
      { mode: 0o755 },
    );
    return path;
  };

  it.each(["native", "auto"])("while engine %s compiles, train ends at once and cleanly", async (engine) => {
    rmSync(join(folder, "compiling"), { force: true });
    const cache = join(folder, `cache-${engine}`);
    const child = spawn(
      command[0]!,
      [...command.slice(1), ..."train --model lenet --run early --engine".split(" "), engine],
      {
        cwd: folder,
        env: { ...process.env, CXX: slowCompiler(), XDG_CACHE_HOME: cache, HOME: cache, NO_COLOR: "1" },
      },
    );
    const texts = { stdout: "", stderr: "" };
    child.stdout.on("data", (text) => {
      texts.stdout += text;
    });
    child.stderr.on("data", (text) => {
      texts.stderr += text;
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    const compiling = () => {
      try {
        return readFileSync(join(folder, "compiling"), "utf8").trim().split("\n").filter(Boolean).map(Number);
      } catch {
        return [];
      }
    };
    while (compiling().length === 0 && child.exitCode === null) await wait(50);
    const began = performance.now();
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(texts.stderr).toMatch(/interrupted before training began\n$/);
    expect(texts.stderr).not.toMatch(/warning|Error|^ +at /m);
    expect(await readdir(join(folder, "runs")).catch(() => [])).not.toContain("early");
    // The compilers ended with it; Z: one has exited and is not yet reaped by init.
    await wait(200);
    for (const pid of compiling()) {
      const { stdout } = await shell(`ps -o stat= -p ${pid}`);
      expect(stdout.trim()).toMatch(/^(Z.*)?$/);
    }
  });

  it("while it starts, before it has read its command line, train ends", async () => {
    for (const after of [50, 200, 400]) {
      const { child, outcome } = start("train --model lenet --epochs 50 --run early".split(" "), folder);
      await wait(after);
      child.kill("SIGINT");
      const { stdout, stderr } = await outcome;
      expect(child.exitCode === 130 || child.signalCode === "SIGINT").toBe(true);
      expect(stdout + stderr).not.toMatch(/Error|^ +at /m);
    }
  });
});

describe("MLPCONV_THREADS", () => {
  it.each(["two", "2.0"])("%s is wrong usage, not another engine", async (threads) => {
    const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>(
      (resolve) => {
        execFile(
          command[0]!,
          [...command.slice(1), "train", "--run", "threads"],
          { cwd: folder, env: { ...process.env, MLPCONV_THREADS: threads } },
          (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }),
        );
      },
    );
    expect(stderr).toContain(`MLPCONV_THREADS: expected a whole number from 1 to 256, got "${threads}"`);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
