import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import { sgd, train } from "@mlpconv/trainer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Summary } from "../index.js";
import { createRun, RunFolderError } from "./index.js";

let parent: string;
beforeEach(async () => {
  await useEngine("cpu");
  parent = mkdtempSync(join(tmpdir(), "run-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

const json = (...path: string[]) => JSON.parse(readFileSync(join(parent, ...path), "utf8"));

describe("a run folder", () => {
  test("holds the configuration, one line for each event, and the summary", async () => {
    const run = await createRun(join(parent, "a", "b"), { model: "toy" });
    expect(json("a", "b", "config.json")).toEqual({ model: "toy" });
    const types: string[] = [];
    for await (const event of train(toyModel(), {
      train: toyLoader(8, 4),
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
    })) {
      await run.record(event);
      types.push(event.type);
      // Readable while the run goes on.
      expect(readFileSync(join(run.folder, "events.jsonl"), "utf8").split("\n")).toHaveLength(
        types.length + 1,
      );
    }
    await run.writeSummary({ model: "toy" } as Summary);
    await run.close();
    const lines = readFileSync(join(run.folder, "events.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(types);
    expect(json("a", "b", "summary.json")).toEqual({ model: "toy" });
  });

  test("that exists is refused and left as it is", async () => {
    mkdirSync(join(parent, "old"));
    writeFileSync(join(parent, "old", "precious"), "1");
    await expect(createRun(join(parent, "old"), {})).rejects.toThrow(RunFolderError);
    await expect(createRun(join(parent, "old"), {})).rejects.toThrow(
      /expected .*old to be new, got a folder with 1 entries/,
    );
    expect(existsSync(join(parent, "old", "config.json"))).toBe(false);
  });

  test("that another process writes to is refused, and not to be removed", async () => {
    const run = await createRun(join(parent, "live"), {});
    await expect(createRun(join(parent, "live"), {})).rejects.toThrow(
      `live to be free, but process ${process.pid} on ${hostname()} is writing to it; wait for it or stop it`,
    );
    await run.close();
    await expect(createRun(join(parent, "live"), {})).rejects.toThrow(/live to be new, got a folder/);
  });

  test("whose parent is a file is an error that says so", async () => {
    writeFileSync(join(parent, "file"), "");
    await expect(createRun(join(parent, "file", "run"), {})).rejects.toThrow(
      /run: expected a folder that can be written/,
    );
  });

  test("that cannot be created leaves neither a file nor its lock", async () => {
    const folder = join(parent, "failed");
    const config = { toJSON: () => expect.fail("a config that cannot be written") };
    await expect(createRun(folder, config)).rejects.toThrow("a config that cannot be written");
    expect(readdirSync(folder)).toEqual([]);
    await (await createRun(folder, {})).close();
  });
});
