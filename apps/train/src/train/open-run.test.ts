import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRunIsNew, openRun } from "./open-run.js";

const home = process.cwd();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

describe("openRun", () => {
  it("makes the folder under runs and keeps the config", async () => {
    const run = await openRun("mine", "unused", { lr: 0.1 });
    await run.close();
    expect(JSON.parse(await readFile("runs/mine/config.json", "utf8"))).toEqual({ lr: 0.1 });
  });

  it("gives runs that start in the same second a folder each", async () => {
    const runs = await Promise.all(
      ["nin-quick", "nin-quick", "nin-quick"].map((name) => openRun(undefined, name, {})),
    );
    for (const run of runs) await run.close();
    expect(runs.map((run) => run.folder).sort()).toEqual(
      ["nin-quick", "nin-quick-2", "nin-quick-3"].map((name) => join("runs", name)),
    );
  });

  it("says of a run that another process begins at the same time when to start the same command again", async () => {
    const first = await openRun("twice", "unused", { lr: 0.1 });
    await expect(openRun("twice", "unused", { lr: 0.1 })).rejects.toThrow(
      `run: expected ${join("runs", "twice")} to be free, but process ${process.pid} on `,
    );
    await expect(openRun("twice", "unused", { lr: 0.1 }, { autoResume: true })).rejects.toThrow(
      `train: expected ${join("runs", "twice")} to be free, but another process began it at the same time; once that has ended, the same command goes on with it`,
    );
    await expect(checkRunIsNew("twice")).rejects.toThrow(
      /to be free, but process \d+ on .* is writing to it/,
    );
    await first.close();
    await expect(checkRunIsNew("twice")).rejects.toThrow(/runs.twice is in use; choose another name/);
    await expect(openRun("twice", "unused", { lr: 0.1 })).rejects.toThrow(/to be new, got a folder/);
  });

  it("says so when runs cannot be a folder", async () => {
    await writeFile("runs", "a file");
    await expect(openRun(undefined, "nin-quick", {})).rejects.toThrow(
      /^train: expected runs to be a folder that can be written, got a file /,
    );
  });
});

describe("checkRunIsNew", () => {
  it("refuses a folder that holds something", async () => {
    await mkdir("runs/old", { recursive: true });
    await writeFile("runs/old/notes.txt", "");
    await expect(checkRunIsNew("old")).rejects.toThrow(
      `train: expected --run to name a new run, got "old", and ${join("runs", "old")} is in use; choose another name, remove that folder, or go on with it: --resume`,
    );
  });

  it("accepts one in which a killed process left nothing but beginnings", async () => {
    await mkdir("runs/killed", { recursive: true });
    for (const name of [
      ".lock",
      ".config.json.0a1b2c3d.tmp",
      "config.json.123",
      "config.json",
      "events.jsonl",
    ])
      await writeFile(join("runs", "killed", name), "");
    await checkRunIsNew("killed");
    const run = await openRun("killed", "unused", { lr: 0.1 });
    await run.close();
    expect((await readdir("runs/killed")).sort()).toEqual(["config.json", "events.jsonl"]);
  });

  it("accepts one that is absent or empty", async () => {
    await mkdir("runs/empty", { recursive: true });
    await checkRunIsNew("absent");
    await checkRunIsNew("empty");
  });
});
