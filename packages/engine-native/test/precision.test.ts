// The choice of mixed precision: its words, what it changes, and where it is refused.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs";
import koffi from "koffi";
import { afterEach, beforeEach, expect, it } from "vitest";
import { programOf } from "../../../test/program-of.js";
import { describe as describeDevice, prepare } from "../src/index.js";
import { choosePrecision } from "../src/precision.js";
import { tensor, useNative } from "./engines.js";

beforeEach(() => useNative());
afterEach(async () => (await prepare()).setPrecision("full"));

const child = await programOf(new URL("library-child.ts", import.meta.url));

const hasFeatures = (isa: string, ...features: string[]): boolean => {
  if (isa !== "AVX-512" || process.platform !== "linux") return false;
  const flags = readFileSync("/proc/cpuinfo", "utf8");
  return features.every((feature) => flags.includes(feature));
};

// The first one: a permission stays until the process ends.
it("asks the system for AMX's registers only when AMX is wanted", async () => {
  const library = await prepare();
  if (!hasFeatures(library.isa(), "avx512_bf16", "amx_bf16")) return;
  const [ARCH_PRCTL, GET_PERMISSIONS, TILE_DATA] = [158, 0x1022, 18n];
  const syscall = koffi.load("libc.so.6").func("long syscall(long number, long code, void *value)");
  const isAllowed = () => {
    const features = new BigUint64Array(1);
    syscall(ARCH_PRCTL, GET_PERMISSIONS, features);
    return (features[0]! >> TILE_DATA) % 2n === 1n;
  };
  for (const precision of ["full", "mixed-avx512", "mixed-amx-emulated"] as const)
    library.setPrecision(precision);
  expect(isAllowed()).toBe(false);
  library.setPrecision("mixed");
  expect(isAllowed()).toBe(true);
});

it("is full unless MLPCONV_PRECISION says otherwise", () => {
  const choose = (environment: string) => choosePrecision(undefined, environment);
  expect(choose("")).toBe("full");
  expect(choose("mixed")).toBe("mixed");
  expect(choose("mixed-emulated")).toBe("mixed-emulated");
  expect(() => choose("half")).toThrow(
    'native: MLPCONV_PRECISION: expected full or mixed, got "half"; set it to one of them, or unset it for full',
  );
});

it.each([
  ["mixed-avx512", "mixed-emulated", ["avx512_bf16"], "a CPU with AVX-512 BF16 and kernels for AVX-512"],
  [
    "mixed-amx",
    "mixed-amx-emulated",
    ["avx512_bf16", "amx_bf16"],
    "a CPU and a system with AMX for bfloat16 and kernels for AVX-512",
  ],
] as const)(
  "%s gives the bits of its emulation where the CPU has it, and is refused elsewhere",
  async (precision, emulation, features, expected) => {
    const library = await prepare();
    // The larger k is that of more than one block, of which only the last ends within a tile.
    const product = () => [85, 545].map((k) => tf.matMul(tensor([37, k], 1), tensor([k, 40], 2)).dataSync());
    library.setPrecision(emulation);
    const emulated = product();
    if (!hasFeatures(library.isa(), ...features)) {
      expect(() => library.setPrecision(precision)).toThrow(
        `native: ${precision} precision: expected ${expected}, got ${library.isa()}; use full precision`,
      );
      expect(library.precision()).toBe(emulation);
      return;
    }
    library.setPrecision(precision);
    expect(product()).toEqual(emulated);
  },
);

it("mixed is AMX before AVX-512 BF16", async () => {
  const library = await prepare();
  const choice = ["mixed-amx", "mixed-avx512"].find((_, index) =>
    hasFeatures(library.isa(), "avx512_bf16", ...(index === 0 ? ["amx_bf16"] : [])),
  );
  if (!choice) return expect(() => library.setPrecision("mixed")).toThrow("expected a CPU with AVX-512 BF16");
  library.setPrecision("mixed");
  expect(library.precision()).toBe(choice);
});

it("multiplies values rounded to bfloat16, to the nearest and of two to the even one", async () => {
  (await prepare()).setPrecision("mixed-emulated");
  const rounded = (value: number) => tf.matMul(tf.tensor2d([[value]]), tf.tensor2d([[1]])).dataSync()[0];
  expect(rounded(1 + 2 ** -7)).toBe(1 + 2 ** -7);
  expect(rounded(1 + 2 ** -8)).toBe(1);
  expect(rounded(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
  expect(rounded(1 + 2 ** -8 + 2 ** -20)).toBe(1 + 2 ** -7);
  expect(rounded(3.4e38)).toBe(Number.POSITIVE_INFINITY);
  expect(rounded(1e-40)).toBe(0);
});

it("is what `prepare` is told rather than what MLPCONV_PRECISION says, which may have it emulated", async () => {
  expect(choosePrecision("full", "mixed")).toBe("full");
  expect(choosePrecision("mixed", "full")).toBe("mixed");
  expect(choosePrecision("mixed", "mixed-emulated")).toBe("mixed-emulated");
  expect(choosePrecision("mixed", "mixed-avx512")).toBe("mixed-avx512");
  const library = await prepare();
  library.setPrecision("mixed-emulated");
  expect((await prepare()).precision()).toBe("mixed-emulated");
  expect((await prepare({ precision: "full" })).precision()).toBe("full");
});

it("is that of one thread of JavaScript: a Worker has its own", async () => {
  const library = await prepare();
  library.setPrecision("mixed-emulated");
  const env = { ...process.env, MLPCONV_PRECISION: "mixed-amx-emulated" };
  const worker = new Worker(child, { env, stdout: true });
  const [said] = await Promise.all([text(worker.stdout), once(worker, "exit")]);
  expect(said).toContain("emulated mixed precision by AMX");
  expect(library.precision()).toBe("mixed-emulated");
});

it("is part of the device's description", async () => {
  expect(describeDevice()).not.toContain("mixed");
  (await prepare()).setPrecision("mixed-emulated");
  expect(describeDevice()).toMatch(/^\d+ threads?, [\w-]+, emulated mixed precision$/);
});
