// What a browser's page is told where it cannot compute on several threads, and what happens where Workers do not start.
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const module = (name: string) => readFile(new URL(`../wasm/${name}.wasm`, import.meta.url));

/** The words of the engine for browsers, in a browser that has these globals. */
const deviceIn = async (globals: Record<string, unknown>): Promise<string> => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  const { describe, prepare } = await import("../src/browser.js");
  await prepare();
  return describe();
};

const isolated = { crossOriginIsolated: true, navigator: { hardwareConcurrency: 3 } };

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("fetch", async (address: string) => {
    const name = /([^/]+)\.wasm$/.exec(address)![1]!;
    return new Response(new Uint8Array(await module(name)));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  [
    { crossOriginIsolated: false },
    "1 thread, SIMD; the page is not cross-origin isolated, see the headers COOP and COEP",
  ],
  [{ ...isolated, SharedArrayBuffer: undefined }, "1 thread, SIMD; the browser has no SharedArrayBuffer"],
  [{ ...isolated, Worker: undefined }, "1 thread, SIMD; the browser starts no Worker here"],
  [{ ...isolated, Worker: class {}, navigator: { hardwareConcurrency: 1 } }, "1 thread, SIMD; 1 core"],
])("%o: %s", async (globals, words) => {
  expect(await deviceIn(globals)).toBe(words);
});

it("a browser that refuses Workers at once computes on one thread, and says so", async () => {
  class Worker {
    constructor() {
      throw new Error("refused to start a Worker");
    }
  }
  expect(await deviceIn({ ...isolated, Worker })).toBe(
    "1 thread, SIMD; 2 of 2 Workers did not start: refused to start a Worker",
  );
});

it("says why there are fewer threads than cores where some Workers did not start", async () => {
  const { Worker: Thread } = await import("node:worker_threads");
  let count = 0;
  class Worker {
    readonly #program: Promise<string>;
    constructor(url: string) {
      if (count++ > 0) throw new Error("no more Workers");
      this.#program = fetchBlob(url);
    }
    async postMessage(start: object) {
      const thread = new Thread(await this.#program, { eval: true, workerData: start });
      thread.unref();
    }
    terminate() {}
  }
  const fetchBlob = async (url: string) => (await import("node:buffer")).resolveObjectURL(url)!.text();
  expect(await deviceIn({ ...isolated, Worker })).toBe(
    "2 threads, SIMD; 1 of 2 Workers did not start: no more Workers",
  );
});

it("a browser that refuses them later does too", async () => {
  class Worker {
    onerror?: (event: { message: string }) => void;
    postMessage() {
      setTimeout(() => this.onerror?.({ message: "" }), 5);
    }
    terminate() {}
  }
  expect(await deviceIn({ ...isolated, Worker })).toBe(
    "1 thread, SIMD; 2 of 2 Workers did not start: the page's Content-Security-Policy may need worker-src blob:",
  );
});
