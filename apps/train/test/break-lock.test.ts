// `train --resume --break-lock` on a network drive, which cannot tell whether the process of another machine still writes.
import fs from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Terminal, UsageError } from "@mlpconv/cli-kit";
import { RunFolderError } from "@mlpconv/runs/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRun } from "../src/train/open-run.js";
import { readTrainOptions } from "../src/train/options.js";
import { reopen } from "../src/train/resume.js";

const fixtures = join(import.meta.dirname, "../../../packages/runs/test/fixtures");

const quiet: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };

describe.skipIf(process.platform !== "linux")("a run that another machine left locked", () => {
  const start = process.cwd();
  const { statfs } = fs.promises;
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "break-lock-"));
    process.chdir(parent);
    await cp(join(fixtures, "stopped"), join("runs", "stopped"), { recursive: true });
    await writeFile(join("runs", "stopped", ".lock"), '{"pid":7,"host":"another"}');
    fs.promises.statfs = (async () => ({ type: 0x6969 })) as never;
    syncBuiltinESMExports();
  });
  afterAll(async () => {
    fs.promises.statfs = statfs;
    syncBuiltinESMExports();
    process.chdir(start);
    await rm(parent, { recursive: true });
  });

  it("is refused, and goes on with --break-lock, which says whose lock it broke", async () => {
    const said: string[] = [];
    const terminal: Terminal = {
      say: (line) => said.push(line),
      live: () => {},
      close: () => {},
      colours: false,
      columns: 80,
    };
    const flags = { run: "stopped", resume: true };
    await expect(reopen(readTrainOptions(flags), terminal)).rejects.toThrow(RunFolderError);
    await expect(reopen(readTrainOptions(flags), terminal)).rejects.toThrow(
      /got the lock of process 7 on another .*; make sure that this process has ended, then resume with --break-lock/,
    );
    expect(said).toEqual([]);
    const reopened = await reopen(readTrainOptions({ ...flags, breakLock: true }), terminal);
    expect(said).toEqual([
      expect.stringMatching(/^warning: run: broke the lock of runs.stopped that process 7 on another left$/),
    ]);
    await reopened!.run.close();
    expect(await readdir(join("runs", "stopped"))).not.toContain(".lock");
  });

  it("before anything was begun in it begins with --auto-resume --break-lock", async () => {
    await mkdir(join("runs", "unbegun"));
    await writeFile(join("runs", "unbegun", ".lock"), '{"pid":7,"host":"another"}');
    const flags = { run: "unbegun", autoResume: true };
    expect(await reopen(readTrainOptions(flags), quiet)).toBeUndefined();
    const warnings: string[] = [];
    const open = (breakLock: boolean) =>
      openRun("unbegun", "unused", {}, { autoResume: true, breakLock, warn: (text) => warnings.push(text) });
    await expect(open(false)).rejects.toThrow(/got the lock of process 7 on another/);
    await (await open(true)).close();
    expect(warnings).toEqual([expect.stringContaining("broke the lock of")]);
    expect(await readdir(join("runs", "unbegun"))).toEqual(["config.json", "events.jsonl"]);
  });

  it("goes on with --auto-resume --break-lock", async () => {
    await writeFile(join("runs", "stopped", ".lock"), '{"pid":7,"host":"another"}');
    const flags = { run: "stopped", autoResume: true };
    await expect(reopen(readTrainOptions(flags), quiet)).rejects.toThrow(RunFolderError);
    const reopened = await reopen(readTrainOptions({ ...flags, breakLock: true }), quiet);
    await reopened!.run.close();
  });
});

it("--break-lock without --resume is wrong usage", () => {
  expect(() => readTrainOptions({ breakLock: true })).toThrow(UsageError);
  expect(() => readTrainOptions({ breakLock: true })).toThrow(
    "expected --resume with --break-lock, got none",
  );
});
