// A run's folder as pages get it, while it is written.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import { sgd, train } from "@mlpconv/trainer";
import { readSafetensors } from "@mlpconv/weights";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NotThere } from "./reply.js";
import { runRoutes } from "./run-routes.js";
import type { ServedEvents, ServedRun } from "./served.js";

const parent = mkdtempSync(join(tmpdir(), "playground-run-"));
afterAll(() => rmSync(parent, { recursive: true }));
beforeAll(() => useEngine("cpu"));

const open = (name: string) => {
  const routes = runRoutes(name, join(parent, name));
  const get = (file: string, query = "") => routes.get(`run/${file}`)!(new URLSearchParams(query));
  return {
    get,
    run: async (): Promise<ServedRun> => JSON.parse((await get("run.json")).body as string),
    events: async (query = ""): Promise<ServedEvents> =>
      JSON.parse((await get("events.json", query)).body as string),
    /** The bytes and the tag of a file of weights. */
    weights: async (file: string) => {
      const { body, etag, close } = await get(file);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      await close?.();
      return { etag, bytes: Buffer.concat(chunks) };
    },
  };
};

const steps = (epochs: number) =>
  train(toyModel(), { train: toyLoader(8, 4), optimizer: sgd({ learningRate: 0.1 }), epochs });

test("a page sees the events of a run as they are logged, each once, and its weights once they are saved", async () => {
  const run = await createRun(join(parent, "live"), { model: "toy" });
  const page = open("live");
  expect(await page.run()).toEqual({ name: "live", weights: [], finished: false });
  expect(await page.events()).toEqual({ log: 1, from: 0, events: [], next: 0 });
  await expect(page.get("last.safetensors")).rejects.toThrow(NotThere);
  const seen: string[] = [];
  const logged: string[] = [];
  let next = 0;
  for await (const event of steps(2)) {
    await run.record(event);
    if (event.type !== "checkpoint") logged.push(event.type);
    const answer = await page.events(`log=1&from=${next}`);
    expect(answer.from).toBe(next);
    seen.push(...answer.events.map(({ type }) => type));
    next = answer.next;
    expect(seen).toEqual(logged);
  }
  expect(seen.at(-1)).toBe("end");
  expect((await page.events()).events).toHaveLength(logged.length);
  expect((await page.get("config.json")).body).toBe(readFileSync(join(parent, "live/config.json"), "utf8"));

  await run.saveWeights("last", toyModel(), { epoch: "1" });
  expect((await page.run()).weights).toEqual(["last"]);
  const first = await page.weights("last.safetensors");
  expect(readSafetensors(first.bytes).metadata).toMatchObject({ epoch: "1" });
  expect((await page.weights("last.safetensors")).etag).toBe(first.etag);
  await run.saveWeights("last", toyModel(), { epoch: "2" });
  const second = await page.weights("last.safetensors");
  expect(second.etag).not.toBe(first.etag);
  expect(readSafetensors(second.bytes).metadata).toMatchObject({ epoch: "2" });
  await run.close();
});

test("weights that are replaced while they are read arrive whole, as they were", async () => {
  const run = await createRun(join(parent, "replaced"), { model: "toy" });
  await run.saveWeights("best", toyModel(), { epoch: "1" });
  const { body, close } = await open("replaced").get("best.safetensors");
  await run.saveWeights("best", toyModel(), { epoch: "2" });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  await close!();
  expect(readSafetensors(Buffer.concat(chunks)).metadata).toMatchObject({ epoch: "1" });
  await run.close();
});

test("half a line is not served, and a log that a resumed run has cut is given again from its start", async () => {
  const run = await createRun(join(parent, "cut"), { model: "toy" });
  for await (const event of steps(1)) await run.record(event);
  await run.close();
  const log = join(parent, "cut/events.jsonl");
  const whole = readFileSync(log, "utf8");
  const page = open("cut");
  const before = await page.events();
  expect(before.events.length).toBe(whole.trim().split("\n").length);

  writeFileSync(log, `${whole}{"type":"st`);
  expect((await page.events(`log=1&from=${before.next}`)).events).toEqual([]);

  truncateSync(log, whole.indexOf("\n") + 1);
  const after = await page.events(`log=1&from=${before.next}`);
  expect(after).toMatchObject({ log: 2, from: 0, next: 1 });
  expect(after.events.map(({ type }) => type)).toEqual(["start"]);
});

test("two pages that ask at once get the same events", async () => {
  const run = await createRun(join(parent, "two"), { model: "toy" });
  for await (const event of steps(1)) await run.record(event);
  await run.close();
  const page = open("two");
  const [one, other] = await Promise.all([page.events(), page.events()]);
  expect(one!.events.length).toBeGreaterThan(2);
  expect(one).toEqual(other);
});

test("a damaged log is an error that names the line, and is one again at the next question", async () => {
  mkdirSync(join(parent, "damaged"));
  writeFileSync(join(parent, "damaged/events.jsonl"), '{"type":"nonsense"}\n');
  const page = open("damaged");
  for (let time = 0; time < 2; time++) await expect(page.events()).rejects.toThrow(/events\.jsonl, line 1/);
});
