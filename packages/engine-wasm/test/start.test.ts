// What a program is told where the module does not start, and how a backend that was removed starts again.
import type { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** The file that Node reads instead of a module. */
let file: () => Promise<Uint8Array>;
vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  readFile: () => file(),
}));

const actual = await vi.importActual<{ readFile: typeof readFile }>("node:fs/promises");
const module = (name: string): Promise<Uint8Array> =>
  actual.readFile(new URL(`../wasm/${name}.wasm`, import.meta.url));

beforeEach(() => {
  vi.resetModules();
  if (tf.findBackendFactory("wasm")) tf.removeBackend("wasm");
  file = () => module("simd");
  vi.stubEnv("MLPCONV_THREADS", "1");
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const start = async () => {
  const { prepare } = await import("../src/node.js");
  return prepare();
};

it("a module that cannot be read", async () => {
  file = async () => {
    throw new Error("ENOENT: no such file or directory");
  };
  await expect(start()).rejects.toThrow(
    /^wasm: expected the file .*simd\.wasm of @mlpconv\/engine-wasm, got: ENOENT: no such file or directory; reinstall the package/,
  );
});

it.each<[string, (whole: Uint8Array) => Uint8Array]>([
  ["is cut off", (whole) => whole.subarray(0, 100_000)],
  ["is empty", () => new Uint8Array()],
  ["is another file", () => new TextEncoder().encode("not a module")],
])("a module that %s", async (_, change) => {
  file = async () => change(await module("simd"));
  await expect(start()).rejects.toThrow(
    /^wasm: expected .*simd\.wasm to be a module that compiles, got: .*; reinstall @mlpconv\/engine-wasm$/,
  );
});

/** A module that exports nothing. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

it("a module of another version", async () => {
  file = async () => EMPTY;
  await expect(start()).rejects.toThrow(
    "wasm: expected the module of this version, with mlpconv_conv_forward of 6 parameters, got another; " +
      "replace simd.wasm and simd-threads.wasm by those of the package, and empty caches",
  );
});

it("a module for one thread where there are several", async () => {
  vi.stubEnv("MLPCONV_THREADS", "2");
  await expect(start()).rejects.toThrow(
    "wasm: expected the module of this version, for several threads, got another",
  );
});

it("no WebAssembly", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  await expect(start()).rejects.toThrow("wasm: expected WebAssembly, got none; start Node without --jitless");
});

it("no addresses for its memory", async () => {
  const Memory = class {
    constructor() {
      throw new RangeError("WebAssembly.Memory(): could not allocate memory");
    }
  };
  vi.stubGlobal("WebAssembly", Object.assign(Object.create(WebAssembly), { Memory }));
  await expect(start()).rejects.toThrow(
    "wasm: expected memory for the module, got: WebAssembly.Memory(): could not allocate memory; raise the limit",
  );
});

it("fewer addresses than it would like", async () => {
  const { Memory } = WebAssembly;
  const asked: number[] = [];
  class Limited extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      asked.push(descriptor.maximum!);
      if (descriptor.maximum! > 20_000) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  }
  vi.stubGlobal("WebAssembly", Object.assign(Object.create(WebAssembly), { Memory: Limited }));
  await start();
  expect(asked).toEqual([65_535, 32_767, 16_383]);
});

it("`prepare` registers the backend again after it was removed", async () => {
  const { prepare, describe } = await import("../src/node.js");
  for (let i = 0; i < 3; i++) {
    await prepare();
    expect(await tf.setBackend("wasm")).toBe(true);
    expect(describe()).toBe("1 thread, SIMD; MLPCONV_THREADS=1");
    const sum = tf.sum(tf.ones([1000]));
    expect(sum.dataSync()[0]).toBe(1000);
    tf.removeBackend("wasm");
    expect(() => describe()).toThrow("not started");
  }
});
