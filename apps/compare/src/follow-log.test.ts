import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggedEvent } from "@mlpconv/trainer";
import { afterEach, beforeEach, expect, it } from "vitest";
import { followLog } from "./follow-log.js";

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "follow-log-"));
  log = join(folder, "events.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const step = (number: number, loss = 1): LoggedEvent => ({
  ...{ type: "step", epoch: 1, step: number, loss, trainAccuracy: 0, examplesPerSecond: 9 },
  ...{ stepInEpoch: number, learningRate: 0.1 },
});
const line = (event: LoggedEvent) => `${JSON.stringify(event)}\n`;

it("gives what has come, whole lines only", async () => {
  const next = followLog(log);
  expect(await next()).toEqual([]);
  writeFileSync(log, line(step(1)) + line(step(2)).slice(0, 20));
  expect(await next()).toEqual([step(1)]);
  expect(await next()).toEqual([]);
  appendFileSync(log, line(step(2)).slice(20));
  expect(await next()).toEqual([step(2)]);
});

it("begins again when the log was cut, also when it has grown beyond where it was", async () => {
  const next = followLog(log);
  writeFileSync(log, [1, 2, 3].map((n) => line(step(n))).join(""));
  await next();
  truncateSync(log, line(step(1)).length);
  expect(await next()).toEqual([step(1)]);
  appendFileSync(log, line(step(2)) + line(step(3)));
  expect(await next()).toEqual([step(2), step(3)]);
  truncateSync(log, line(step(1)).length);
  const others = [step(2, 0.123), step(3, 0.123), step(4, 0.123)];
  appendFileSync(log, others.map(line).join(""));
  expect(await next()).toEqual([step(1), ...others]);
});
