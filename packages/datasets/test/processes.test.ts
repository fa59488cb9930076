// Several processes and one cache: real child processes, one of which is killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { programOf } from "../../../test/program-of.js";
import { findData } from "../src/find/find-data.js";
import type { Places } from "../src/find/places.js";
import { IMAGES, placesWith, requestWith, zipped } from "./fake-files.js";
import { drips, oversized, upstream, whole } from "./fake-upstream.js";

const program = await programOf(new URL("find-child.ts", import.meta.url));
const start = (places: Places): ChildProcess => {
  return spawn(process.execPath, [program, JSON.stringify(places)], { stdio: ["ignore", "pipe", "pipe"] });
};

it("processes that start at the same time download each file once, and all get the data", async () => {
  const { url, requests } = await upstream(() => (request, response, bytes) => {
    setTimeout(() => whole(request, response, bytes), 100);
  });
  const places = placesWith({ mirrors: [url] });
  const children = Array.from({ length: 3 }, () => start(places));
  const outputs = await Promise.all(children.map((child) => text(child.stdout!)));
  expect(outputs).toEqual(["224000\n", "224000\n", "224000\n"]);
  expect([...requests].sort()).toEqual([...zipped.keys()].sort());
  expect(readdirSync(places.cache!).sort()).toEqual([...zipped.keys()].sort());
});

it("a killed process leaves no partial file in place, and the next one resumes its download", async () => {
  const { url, requests } = await upstream((name, before) =>
    name === IMAGES && before === 0 ? drips : whole,
  );
  const places = placesWith({ mirrors: [url] });
  const part = join(places.cache!, `${IMAGES}.part`);
  const child = start(places);
  while (!existsSync(part) || statSync(part).size < 5_000) await new Promise((done) => setTimeout(done, 20));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(join(places.cache!, IMAGES))).toBe(false);
  const received = statSync(part).size;

  // Its lock is still there and is taken over once it is stale.
  expect(existsSync(join(places.cache!, ".lock"))).toBe(true);
  const request = requestWith();
  await findData(request, places);
  expect(request.events[0]!.message).toBe(`waiting for another process that downloads into ${places.cache}`);
  expect(requests.at(-1)).toBe(`${IMAGES} from ${received}`);
  expect(Buffer.compare(readFileSync(join(places.cache!, IMAGES)), zipped.get(IMAGES)!)).toBe(0);
  expect(readdirSync(places.cache!).sort()).toEqual([...zipped.keys()].sort());
});

it.each([true, false])(
  "a process ends at once when a server sends too much (announced: %s)",
  async (announced) => {
    const { url } = await upstream(() => oversized(announced, () => {}));
    const child = start(placesWith({ mirrors: [url] }));
    const [errors] = await Promise.all([text(child.stderr!), once(child, "exit")]);
    expect(errors).toMatch(/expected \d+ bytes at most, got \d+ or more/);
    expect(child.exitCode).toBe(1);
  },
  10_000,
);
