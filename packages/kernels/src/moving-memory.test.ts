// Kernels over memory that moves whenever it can, as WebAssembly's does when it grows: arrays that were taken before are then detached.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { KernelBackend } from "./backend.js";
import type { KernelLibrary, KernelMemory } from "./library.js";
import { registerKernels } from "./register.js";

const CHUNK = 1 << 16;

/** Memory of chunks that are one buffer, which moves with each new chunk and each call of a kernel. */
class MovingMemory implements KernelMemory {
  readonly least = 64;
  readonly unit = 64;
  readonly copies = true;
  readonly moves = true;
  onMove?: () => void;
  #buffer = new ArrayBuffer(64 * CHUNK);
  readonly #buffers = new Set<ArrayBufferLike>([this.#buffer]);
  #used = 0;

  owns(buffer: ArrayBufferLike): boolean {
    return this.#buffers.has(buffer);
  }

  move(): void {
    this.#buffer = structuredClone(this.#buffer, { transfer: [this.#buffer] });
    this.#buffers.add(this.#buffer);
    this.onMove?.();
  }

  chunk(least: number) {
    const begin = this.#used;
    const bytes = Math.ceil(least / CHUNK) * CHUNK;
    this.#used += bytes;
    this.move();
    const view: ReturnType<KernelMemory["chunk"]>["view"] = (type, offset, length) =>
      new type(this.#buffer, begin + offset, length);
    return { bytes, view, release: () => {} };
  }
}

/** Lengths of the outputs that kernels were called with. */
const outputs: number[] = [];

beforeAll(async () => {
  const memory = new MovingMemory();
  const library: KernelLibrary = {
    memory,
    call: (_, ...parameters) => {
      outputs.push((parameters.at(-1) as Float32Array).length);
      memory.move();
    },
    threads: () => 1,
    isa: () => "none",
    plan: () => "none",
  };
  registerKernels("moving");
  tf.registerBackend("moving", () => new KernelBackend("moving", library));
  await tf.setBackend("moving");
});

it("a kernel of several calls takes its arrays again for each", () => {
  const x = tf.ones([100, 20]);
  outputs.length = 0;
  tf.concat([x, x, x], 1);
  tf.stack([x, x], 2);
  tf.pad(tf.ones([100, 100]), [
    [1, 1],
    [1, 1],
  ]);
  const one: [number, number] = [1, 1];
  tf.mirrorPad(tf.ones([100, 100]), [one, one], "reflect");
  expect(outputs.length).toBeGreaterThan(12);
  expect(outputs.filter((length) => length === 0)).toEqual([]);
});

it("a kernel of the cpu backend may return an input that has moved meanwhile", () => {
  // Each of these takes a new chunk.
  const values = (begin: number) => tf.range(begin, begin + CHUNK / 2);
  const both = tf.complex(values(0), values(5));
  expect(tf.real(both).dataSync().slice(0, 2)).toEqual(Float32Array.of(0, 1));
  expect(tf.imag(both).dataSync().slice(0, 2)).toEqual(Float32Array.of(5, 6));
});

it("a product of batches takes its parts again for each matrix", () => {
  const a = tf.ones([3, 40, 20]);
  const b = tf.ones([3, 20, 30]);
  outputs.length = 0;
  tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D);
  expect(outputs).toEqual([1200, 1200, 1200]);
});

it("a kernel that reads numbers here takes them after its output was allocated", () => {
  const indices = tf.tensor1d(new Int32Array(64).fill(1), "int32");
  // Each of these outputs takes a new chunk.
  const flags = tf.oneHot(indices, (4 * CHUNK) / 64 / 4, 1, 0, "int32").dataSync();
  expect(flags[1]).toBe(1);
  outputs.length = 0;
  tf.gather(tf.ones([2, CHUNK / 64]), indices);
  tf.cumsum(tf.cast(tf.ones([1, CHUNK * 2]), "bool"), 1);
  expect(outputs.filter((length) => length === 0)).toEqual([]);
});
