// The network's side of `fashionMnist()`, against a server on this machine: what is fetched, what is kept, and how it ends when it goes wrong.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findData } from "../src/find/find-data.js";
import { IMAGES, placesWith, plain, requestWith, temporaryFolder, zipped } from "./fake-files.js";
import {
  breaksOffAfter,
  bytewise,
  drips,
  oversized,
  silent,
  status,
  upstream,
  whole,
} from "./fake-upstream.js";

const images = plain.get("train-images-idx3-ubyte")!.subarray(16);
const names = [...zipped.keys()];

/** The cache holds the four files, byte for byte, and nothing else. */
const expectFilled = (cache: string) => {
  expect(readdirSync(cache).sort()).toEqual([...names].sort());
  for (const [name, bytes] of zipped) {
    expect(Buffer.compare(readFileSync(join(cache, name)), bytes), name).toBe(0);
  }
};

describe("the download", () => {
  it("fills the cache, and the next start needs no network", async () => {
    const { url, requests } = await upstream(() => whole);
    const places = placesWith({ mirrors: [url] });
    const request = requestWith();
    const { train } = await findData(request, places);
    expect(Buffer.compare(train.images, images)).toBe(0);
    expect(requests).toEqual(names);
    expectFilled(places.cache!);
    expect(request.events.every(({ type }) => type === "progress")).toBe(true);
    expect(request.events.at(-1)!.message).toBe(
      `downloading ${IMAGES} from ${new URL(url).host}: 0.2 of 0.2 MB`,
    );
    await findData(requestWith({ download: false }), places);
    expect(requests).toHaveLength(4);
  });

  it("goes on where a broken connection stopped", async () => {
    const { url, requests } = await upstream((name, before) =>
      name === IMAGES && before === 0 ? breaksOffAfter(100_000) : whole,
    );
    const places = placesWith({ mirrors: [url] });
    await findData(requestWith(), places);
    expect(requests.slice(3)).toEqual([IMAGES, `${IMAGES} from 100000`]);
    expectFilled(places.cache!);
  });

  it("goes on where an earlier start stopped, or starts over if those bytes were not the file's", async () => {
    for (const piece of [zipped.get(IMAGES)!.subarray(0, 70_000), Buffer.alloc(70_000, 1)]) {
      const { url, requests } = await upstream(() => whole);
      const places = placesWith({ mirrors: [url] });
      mkdirSync(places.cache!);
      writeFileSync(join(places.cache!, `${IMAGES}.part`), piece);
      await findData(requestWith(), places);
      expect(requests[3]).toBe(`${IMAGES} from 70000`);
      expect(requests.slice(4)).toEqual(piece[0] === 1 ? [IMAGES] : []);
      expectFilled(places.cache!);
    }
  });

  it("uses a part file that was complete, and takes a whole answer from a server that knows no ranges", async () => {
    const complete = await upstream(() => whole);
    const places = placesWith({ mirrors: [complete.url] });
    mkdirSync(places.cache!);
    writeFileSync(join(places.cache!, `${IMAGES}.part`), zipped.get(IMAGES)!);
    await findData(requestWith(), places);
    expect(complete.requests[3]).toBe(`${IMAGES} from ${zipped.get(IMAGES)!.length}`);
    expect(complete.requests).toHaveLength(4);
    expectFilled(places.cache!);

    const { url } = await upstream(() => (_, response, bytes) => response.end(bytes));
    const simple = placesWith({ mirrors: [url] });
    mkdirSync(simple.cache!);
    writeFileSync(join(simple.cache!, `${IMAGES}.part`), zipped.get(IMAGES)!.subarray(0, 70_000));
    await findData(requestWith(), simple);
    expectFilled(simple.cache!);
  });

  it("fetches only what the cache lacks, and replaces what is damaged there", async () => {
    const { url, requests } = await upstream(() => whole);
    const places = placesWith({ mirrors: [url] });
    mkdirSync(places.cache!);
    for (const [name, bytes] of zipped) writeFileSync(join(places.cache!, name), bytes);
    writeFileSync(join(places.cache!, IMAGES), "damaged");
    const request = requestWith();
    await findData(request, places);
    expect(requests).toEqual([IMAGES]);
    expectFilled(places.cache!);
    expect(request.events[0]).toMatchObject({ type: "warning" });
    expect(request.events[0]!.message).toContain(join(places.cache!, IMAGES));
  });

  it("goes to the next mirror after 404, after wrong bytes and after far too many bytes", async () => {
    const lost = await upstream(() => status(404));
    const wrong = await upstream(() => (_, response) => response.end("<html>welcome to the hotel</html>"));
    const flood = await upstream(() => (_, response) => response.end(Buffer.alloc(400_000)));
    const good = await upstream(() => whole);
    const places = placesWith({ mirrors: [lost.url, wrong.url, flood.url, good.url] });
    const { train } = await findData(requestWith(), places);
    expect(Buffer.compare(train.images, images)).toBe(0);
    // Each bad one is asked once in all.
    expect([lost, wrong, flood].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
    expect(good.requests).toEqual(names);
    expectFilled(places.cache!);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ["to itself", { location: "/again" }, 302, "redirect count exceeded"],
    ["to a file", { location: "file:///etc/passwd" }, 302, "URL scheme must be a HTTP(S) scheme"],
    ["nowhere", {}, 302, "HTTP 302 Found"],
    ["to a proxy's password", { "proxy-authenticate": "Basic" }, 407, "an answer that cannot be used"],
  ])("goes to the next mirror from one that leads %s", async (_, headers, code, reason) => {
    const bad = await upstream(() => (_request, response) => response.writeHead(code, headers).end());
    const good = await upstream(() => whole);
    const both = placesWith({ mirrors: [bad.url, good.url] });
    expect((await findData(requestWith(), both)).train.images).toHaveLength(images.length);
    await expect(findData(requestWith(), placesWith({ mirrors: [bad.url] }))).rejects.toThrow(reason);
  });

  it("starts over where a server goes on with a part of another file", async () => {
    const other: typeof whole = (request, response, bytes) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")![1]);
      const range = `bytes ${from}-${from + 9}/${from + 10}`;
      response.writeHead(206, { "content-range": range, "content-length": 10 }).end(bytes.subarray(0, 10));
    };
    const { url, requests } = await upstream((name, before) =>
      name !== IMAGES ? whole : ([breaksOffAfter(100_000), other][before] ?? whole),
    );
    const places = placesWith({ mirrors: [url] });
    await findData(requestWith(), places);
    expect(requests.slice(3)).toEqual([IMAGES, `${IMAGES} from 100000`, IMAGES]);
    expectFilled(places.cache!);
  });

  it("tries a server that is overloaded again", async () => {
    const { url, requests } = await upstream((_, before) => (before === 0 ? status(503) : whole));
    await findData(requestWith(), placesWith({ mirrors: [url] }));
    expect(requests).toHaveLength(8);
  });

  it("says of each mirror why it failed, and leaves no file that is not verified", async () => {
    const lost = await upstream(() => status(404));
    const wrong = await upstream(() => (_, response) => response.end("<html>welcome to the hotel</html>"));
    const places = placesWith({ mirrors: [lost.url, wrong.url] });
    const promise = findData(requestWith(), places);
    await expect(promise).rejects.toThrow(`${lost.url}${names[0]}: HTTP 404 Not Found`);
    await expect(promise).rejects.toThrow(
      `${wrong.url}${names[0]}: wrong bytes: ${names[0]}: expected gzip of`,
    );
    expect(readdirSync(places.cache!)).toEqual([]);
  });

  it("gives up on a server that never answers, and on one that stops sending", async () => {
    const mute = await upstream(() => silent);
    const stuck = await upstream(() => (_, response, bytes) => {
      response.writeHead(200, { "content-length": bytes.length }).write(bytes.subarray(0, 10));
    });
    const places = placesWith({ mirrors: [mute.url, stuck.url] });
    const started = performance.now();
    const promise = findData(requestWith(), places);
    await expect(promise).rejects.toThrow(`${mute.url}${names[0]}: no answer within 0.4 s`);
    await expect(promise).rejects.toThrow(`${stuck.url}${names[0]}: nothing received for 0.4 s`);
    // 0.4 s for the first; four tries of 0.4 s with pauses of 0.5, 1 and 2 s for the second.
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it("gives up on a server that sends a byte now and then, and goes on at the next mirror from what came", async () => {
    const slow = await upstream((name) => (name === IMAGES ? bytewise : whole));
    const good = await upstream(() => whole);
    const places = placesWith({ mirrors: [slow.url, good.url] });
    const started = performance.now();
    await findData(requestWith(), places);
    // It is looked at once a second, and not tried again.
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(slow.requests.filter((name) => name === IMAGES)).toHaveLength(1);
    expect(good.requests).toEqual([expect.stringMatching(new RegExp(`^${IMAGES} from \\d+$`))]);
    expectFilled(places.cache!);
    const alone = findData(requestWith(), placesWith({ mirrors: [slow.url] }));
    await expect(alone).rejects.toThrow(/expected 1000 bytes per second at least, got \d+ for 1 s/);
  });

  it.each([true, false])(
    "ends the connection to a server that sends too much (announced: %s)",
    async (announced) => {
      let ended = 0;
      const flood = await upstream(() => oversized(announced, () => ended++));
      const good = await upstream(() => whole);
      const places = placesWith({ mirrors: [flood.url, good.url] });
      await findData(requestWith(), places);
      expectFilled(places.cache!);
      await expect.poll(() => ended).toBe(1);
    },
  );

  it("creates files that only the user can access, whatever the umask", async () => {
    const { url } = await upstream(() => whole);
    const before = process.umask(0);
    try {
      const cache = join(temporaryFolder(), "new", "cache");
      await findData(requestWith(), placesWith({ cache, mirrors: [url] }));
      const mode = (path: string) => statSync(path).mode & 0o777;
      expect([mode(join(cache, "..")), mode(cache)]).toEqual([0o700, 0o700]);
      for (const name of names) expect(mode(join(cache, name))).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it("ends at the overall time limit, and keeps the bytes received", async () => {
    const { url } = await upstream((name) => (name === IMAGES ? drips : whole));
    const places = placesWith({ mirrors: [url] });
    places.limits.total = 700;
    await expect(findData(requestWith(), places)).rejects.toThrow(
      "download: not finished within 0.7 s; what came is kept for the next start",
    );
    expect(readFileSync(join(places.cache!, `${IMAGES}.part`)).length).toBeGreaterThan(0);
    expect(existsSync(join(places.cache!, IMAGES))).toBe(false);
    expect(existsSync(join(places.cache!, ".lock"))).toBe(false);
  });

  it("stops when the signal says so, with its reason", async () => {
    const { url } = await upstream((name) => (name === IMAGES ? drips : whole));
    const places = placesWith({ mirrors: [url] });
    const controller = new AbortController();
    const reason = new Error("enough");
    const onEvent = ({ message }: { message: string }) => {
      if (message.includes(IMAGES)) controller.abort(reason);
    };
    const request = requestWith({ signal: controller.signal, onEvent });
    await expect(findData(request, places)).rejects.toBe(reason);
    expect(existsSync(join(places.cache!, ".lock"))).toBe(false);
  });

  it("keeps the data in memory, with a warning, when the cache cannot be written", async () => {
    const { url } = await upstream((name, before) =>
      name === IMAGES && before === 0 ? breaksOffAfter(100_000) : whole,
    );
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const cache of [join(file, "cache"), undefined]) {
      const request = requestWith();
      const { train } = await findData(request, placesWith({ cache, mirrors: [url] }));
      expect(Buffer.compare(train.images, images)).toBe(0);
      const warnings = request.events.filter(({ type }) => type === "warning");
      expect(warnings).toHaveLength(1);
      expect(warnings[0]!.message).toContain(
        cache ? `the cache ${cache} cannot be written (` : "the cache has no place",
      );
      expect(warnings[0]!.message).toContain("in memory only and will be fetched again next time. Fix: ");
    }
  });

  it("keeps the data in memory, with a warning, when a file of the cache cannot be written", async () => {
    const { url } = await upstream(() => whole);
    const places = placesWith({ mirrors: [url] });
    // Folders where files should go.
    mkdirSync(join(places.cache!, `${IMAGES}.part`), { recursive: true });
    const request = requestWith();
    const { train } = await findData(request, places);
    expect(Buffer.compare(train.images, images)).toBe(0);
    expect(request.events.find(({ type }) => type === "warning")!.message).toContain("cannot be written (");
  });

  it("lists the unwritable cache among the reasons when all else fails", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const cache = join(file, "cache");
    await expect(findData(requestWith(), placesWith({ cache }))).rejects.toThrow(
      `cache ${cache}: cannot be written (`,
    );
  });
});
