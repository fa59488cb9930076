import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sampleEvents } from "../../test/sample-run.js";
import { followLog } from "./follow-log.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "follow-"));
  path = join(folder, "events.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const events = sampleEvents();
const text = (list: readonly object[]) => list.map((event) => `${JSON.stringify(event)}\n`).join("");

describe("a log that is followed", () => {
  test("gives no events before it is there, and each event once, when its line is whole", async () => {
    const next = followLog(path);
    expect(await next()).toEqual([]);
    const [first, second] = [text(events.slice(0, 2)), text(events.slice(2, 5))];
    appendFileSync(path, first + second.slice(0, 10));
    expect(await next()).toEqual(events.slice(0, 2));
    expect(await next()).toEqual([]);
    appendFileSync(path, second.slice(10));
    expect(await next()).toEqual(events.slice(2, 5));
  });

  test("names a damaged line by its number in the file", async () => {
    const next = followLog(path);
    writeFileSync(path, text(events.slice(0, 3)));
    await next();
    appendFileSync(path, `${text(events.slice(3, 4))}{broken\n`);
    await expect(next()).rejects.toThrow(/events\.jsonl, line 5, got/);
  });

  test("begins again when it was cut back, also when it has grown beyond its old length since", async () => {
    const next = followLog(path);
    writeFileSync(path, text(events.slice(0, 6)));
    expect(await next()).toEqual(events.slice(0, 6));
    writeFileSync(path, text(events.slice(0, 3)));
    expect(await next()).toEqual(events.slice(0, 3));
    const other = events
      .slice(3)
      .map((event) => ("examplesPerSecond" in event ? { ...event, examplesPerSecond: 77.125 } : event));
    writeFileSync(path, text(events.slice(0, 6)));
    await next();
    writeFileSync(path, text(events.slice(0, 3)) + text(other));
    expect(await next()).toEqual([...events.slice(0, 3), ...other]);
    expect(await next()).toEqual([]);
  });
});
