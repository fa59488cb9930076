import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { RunFileError, RunFolderError, readRun } from "../src/node/index.js";
import { sampleRun } from "./sample-run.js";

const root = mkdtempSync(join(tmpdir(), "read-run-"));
afterAll(() => rmSync(root, { recursive: true }));
let folder: string;
let next = 0;
beforeEach(() => {
  folder = join(root, `try-${++next}`);
  mkdirSync(folder);
});

const run = sampleRun();
const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
const writeRun = () => {
  write("config.json", run.config);
  writeFileSync(
    join(folder, "events.jsonl"),
    run.events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
};

test("a run is read with all its files", async () => {
  writeRun();
  write("summary.json", run.summary);
  write("evaluation.json", run.evaluation);
  write("analysis.json", run.analysis);
  expect(await readRun(folder)).toEqual({ ...run, name: `try-${next}` });
});

test("the analysis of an earlier version is read under its old name, unless the run was analysed again", async () => {
  writeRun();
  write("insights.json", run.analysis);
  expect((await readRun(folder)).analysis).toEqual(run.analysis);
  const again = { classes: ["one"], imageShape: [28, 28, 1] };
  write("analysis.json", again);
  expect((await readRun(folder)).analysis).toEqual(again);
});

test("a run that goes on has neither summary nor evaluation, and its half-written last line is left out", async () => {
  writeRun();
  appendFileSync(join(folder, "events.jsonl"), '{"type":"step","epo');
  const read = await readRun(`${folder}/`);
  expect(read).toEqual({
    ...run,
    name: `try-${next}`,
    summary: undefined,
    evaluation: undefined,
    analysis: undefined,
  });
});

test("a run that has just begun has no events", async () => {
  write("config.json", run.config);
  expect((await readRun(folder)).events).toEqual([]);
});

describe("is not a run", () => {
  const refused = async (
    path: string,
    message: RegExp,
    error: typeof RunFolderError | typeof RunFileError = RunFolderError,
  ) => {
    await expect(readRun(path)).rejects.toThrow(error);
    await expect(readRun(path)).rejects.toThrow(message);
  };

  test("a folder that is not there", () =>
    refused(join(root, "nothing"), /nothing, got no such folder; name a folder/));
  test("an empty folder", () => refused(folder, /got an empty folder/));
  test("a file", () => {
    write("file", {});
    return refused(join(folder, "file"), /got no such folder/);
  });
  test("a folder of other files", () => {
    for (const name of ["a", "b", "c", "d"]) write(name, {});
    return refused(folder, /got a folder without config.json \(a, b, c, \.\.\.\)/);
  });
  test("a folder with another program's config.json", () => {
    write("config.json", { extends: "tsconfig" });
    return refused(folder, /config\.json, model/, RunFileError);
  });
  test("a folder whose config.json is a folder", () => {
    mkdirSync(join(folder, "config.json"));
    return refused(folder, /expected .*config\.json to be readable, got a folder where a file should be/);
  });
});

test.each(["summary.json", "evaluation.json", "analysis.json", "events.jsonl"])(
  "a broken %s is named",
  async (name) => {
    writeRun();
    writeFileSync(join(folder, name), '{"half":\n\n');
    await expect(readRun(folder)).rejects.toThrow(join(folder, name));
    // Reading changes nothing.
    expect(readdirSync(folder).toSorted()).toEqual(
      [...new Set(["config.json", "events.jsonl", name])].toSorted(),
    );
  },
);

test
  .skipIf(process.platform === "win32")
  .each(["config.json", "events.jsonl", "summary.json", "evaluation.json", "insights.json"])(
  "a pipe in the place of %s is refused at once",
  async (name) => {
    writeRun();
    rmSync(join(folder, name), { force: true });
    execFileSync("mkfifo", [join(folder, name)]);
    await expect(readRun(folder)).rejects.toThrow(`${name} to be readable, got a pipe or a device`);
  },
);
