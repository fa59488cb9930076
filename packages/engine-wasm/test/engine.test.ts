// What a program sees of the engine: an ordinary tfjs backend that says what it runs on, and goes on after errors.
import { createHash } from "node:crypto";
import type { KernelBackend } from "@mlpconv/kernels";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describe as device, prepare } from "../src/node.js";

const run = (kernelName: string, inputs: tf.NamedTensorMap, attributes: object = {}) =>
  tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;

it("names no device before the backend has started", () => {
  expect(() => device()).toThrow('wasm: not started; call `await tf.setBackend("wasm")` first');
});

it("refuses a number of threads that cannot be", async () => {
  vi.stubEnv("MLPCONV_THREADS", "many");
  await expect(prepare()).rejects.toThrow(
    'wasm: MLPCONV_THREADS: expected a whole number from 1 to 256, got "many"; unset it to use every core',
  );
  vi.unstubAllEnvs();
});

/** What the first number of threads gave. */
let firstBits: Float32Array[] | undefined;

/** Hashes of what each number of threads gave. */
const reduced = new Set<string>();

describe.each([1, 3])("on %i threads", (threads) => {
  let backend: KernelBackend;
  let words: string;
  beforeAll(async () => {
    vi.stubEnv("MLPCONV_THREADS", String(threads));
    tf.removeBackend("wasm");
    vi.resetModules();
    const engine = await import("../src/node.js");
    await tf.setBackend("wasm");
    backend = tf.backend() as KernelBackend;
    words = engine.describe();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it("describes its device, with the reason for one thread", () => {
    expect(words).toBe(threads === 1 ? "1 thread, SIMD; MLPCONV_THREADS=1" : "3 threads, SIMD");
    expect(`${backend.library.threads()}, ${backend.library.isa()}`).toBe(`${threads}, SIMD`);
  });

  it("gives the same bits as on another number of threads, gradients by sums over images too", () => {
    const bits = tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([6, 33, 31, 21], -1, 1, "float32", 1);
      const w = tf.randomUniform<tf.Rank.R4>([3, 3, 21, 1], -1, 1, "float32", 2);
      const statistics = [3, 4, 5, 6].map((seed) => tf.randomUniform([21], 0.5, 1, "float32", seed));
      const large = tf.randomUniform([6, 50, 40, 21], -1, 1, "float32", 7);
      const depthwise = (a: tf.Tensor, b: tf.Tensor) =>
        tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same");
      const norm = (x: tf.Tensor, ...[mean, variance, offset, scale]: tf.Tensor[]) =>
        tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
        );
      const resize = (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [50, 40]);
      const results = [
        depthwise(x, w),
        ...tf.grads(depthwise)([x, w], x),
        ...tf.grads((...all) => norm(...(all as [tf.Tensor])))([x, ...statistics], x),
        tf.grad(resize)(x, large),
      ];
      return results.map((result) => result.dataSync() as Float32Array);
    });
    firstBits ??= bits;
    expect(bits).toEqual(firstBits);
  });

  it("trains to the same bits again", () => {
    const train = (): Float32Array[] => {
      const uniform = (shape: number[], seed: number) => tf.randomUniform(shape, -0.3, 0.3, "float32", seed);
      const x = uniform([8, 28, 28, 1], 1) as tf.Tensor4D;
      const filters = [uniform([5, 5, 1, 16], 2), uniform([3, 3, 16, 10], 3)].map((each) =>
        tf.variable(each),
      );
      const labels = tf.oneHot(tf.range(0, 8, 1, "int32"), 10);
      const optimizer = tf.train.momentum(0.1, 0.9);
      const [first, second] = filters as unknown as tf.Tensor4D[];
      const loss = () => {
        const y = tf.maxPool(tf.relu(tf.conv2d(x, first!, 1, "same")), 2, 2, "valid");
        const logits = tf.mean(tf.conv2d(y, second!, 1, "same"), [1, 2]);
        return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
      };
      const before = filters.map((filter) => filter.dataSync() as Float32Array);
      for (let step = 0; step < 10; step++) optimizer.minimize(loss);
      const after = filters.map((filter) => filter.dataSync() as Float32Array);
      expect(after).not.toEqual(before);
      tf.dispose([x, labels, filters]);
      optimizer.dispose();
      return after;
    };
    // Values are compared one by one, without tolerance.
    expect(train()).toEqual(train());
  });

  it("clones by reference: the gradient tape costs no copy", () => {
    const x = tf.ones([1000]);
    const copy = x.clone();
    expect(copy.dataId).toBe(x.dataId);
    x.dispose();
    expect(copy.dataSync()[999]).toBe(1);
    copy.dispose();
    expect(backend.refCount(copy.dataId)).toBe(0);
  });

  it("gives what a reader may keep, and what can be sent and decoded: an array over memory of its own", () => {
    const x = tf.add(tf.ones([50, 100]), 1);
    const values = x.dataSync();
    expect(values.buffer).toBeInstanceOf(ArrayBuffer);
    x.dispose();
    const other = tf.fill([50, 100], 7);
    expect(values[0]).toBe(2);
    other.dispose();
  });

  const x = () => tf.ones([1, 4, 4, 2]);
  const pool = { filterSize: 6, strides: 1, pad: "valid" };
  const convolution = { strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1 };
  it.each<[string, () => unknown, string]>([
    ["MaxPool", () => run("MaxPool", { x: x() }, pool), "MaxPool: expected a window of at most 4x4"],
    [
      "Conv2D",
      () => run("Conv2D", { x: x(), filter: tf.ones([5, 5, 2, 1]) }, convolution),
      "Conv2D: expected a window of at most 4x4",
    ],
    [
      "Conv2DBackpropFilter with a gradient of another shape",
      () =>
        run(
          "Conv2DBackpropFilter",
          { x: x(), dy: tf.ones([1, 9, 9, 1]) },
          { ...convolution, filterShape: [3, 3, 2, 1] },
        ),
      "Conv2DBackpropFilter: expected dy [1,2,2,1], got [1,9,9,1]",
    ],
    [
      "Slice",
      () => run("Slice", { x: tf.ones([2]) }, { begin: [0], size: [9] }),
      "would overflow input.shape",
    ],
    [
      "TopK",
      () => run("TopK", { x: tf.ones([2, 3]) }, { k: 4, sorted: true }),
      "TopK: expected a whole k from 0 to 3, the last size, got 4",
    ],
    [
      "Fill",
      () => run("Fill", {}, { shape: [-2, -3], value: 1, dtype: "float32" }),
      "wasm: expected a tensor of whole sizes from 0 up, got [-2,-3]",
    ],
  ])("refuses a wrong %s, and goes on", (_, call, message) => {
    expect(call).toThrow(message);
    expect([...tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()]).toEqual([3, 3, 3, 3]);
  });

  it("reduces to the same bits on any number of threads", () => {
    const x = tf.randomNormal([2, 150, 300], 0, 1, "float32", 5);
    const bits = [
      tf.sum(x),
      tf.sum(x, 2),
      tf.sum(x, 1),
      tf.mean(x, [0, 1]),
      tf.prod(x, 1),
      tf.max(x),
      tf.softmax(x),
    ]
      .map((y) => createHash("sha256").update(y.dataSync()).digest("hex"))
      .join();
    reduced.add(bits);
    expect(reduced.size).toBe(1);
  });

  it("passes on what the module itself refuses, and goes on", () => {
    const shape = Int32Array.of(1, 0, 4, 1, 1, 1, 1, 3, 3, 1, 1, 0, 0);
    const values = new Float32Array(16);
    for (let i = 0; i < 100; i++)
      expect(() =>
        backend.library.call("mlpconv_conv_forward", shape, values, values, null, 0, values),
      ).toThrow("wasm: convolution: expected positive sizes along the height, got input 0");
    expect(tf.sum(tf.ones([300, 300])).dataSync()[0]).toBe(90_000);
  });

  it("turns a trap on any thread into an error, and goes on", () => {
    // Sizes that are right for the shape, over memory that ends before: the module reads past its end.
    const big = backend.floats(tf.ones([1000, 1000]));
    for (let i = 0; i < 20; i++)
      expect(() => backend.library.call("mlpconv_unary", 0, 0, 2 ** 31 - 1, big, 0, 0, big)).toThrow(/trap/);
    const sum = tf.sum(tf.ones([1000, 1000]));
    expect(sum.dataSync()[0]).toBe(1e6);
  });

  it("grows its memory while tensors and kernels use it, and leaves their values alone", () => {
    const kept = Array.from({ length: 8 }, (_, i) => tf.fill([500, 500], i + 1));
    const mask = tf.greater(tf.range(0, 250_000), 200_000);
    const large = Array.from({ length: 6 }, (_, i) => tf.fill([4000, 2000], i));
    // Products whose scratch makes the memory grow too.
    const product = tf.matMul(tf.fill([600, 3000], 0.5), tf.fill([3000, 600], 2));
    for (const [i, tensor] of kept.entries()) {
      const values = tensor.dataSync();
      expect([values[0], values[249_999]]).toEqual([i + 1, i + 1]);
    }
    for (const [i, tensor] of large.entries()) expect(tensor.dataSync()[7_999_999]).toBe(i);
    expect(product.dataSync()[359_999]).toBe(3000);
    expect(mask.dataSync()).toEqual(Uint8Array.from({ length: 250_000 }, (_, i) => Number(i > 200_000)));
    tf.dispose([kept, mask, large, product]);
  });

  it("takes tensors over from another backend into memory that kernels reach", async () => {
    await tf.setBackend("cpu");
    const x = tf.range(0, 1000);
    const copy = x.clone();
    await tf.setBackend("wasm");
    tf.relu(x).dispose();
    expect(backend.arena.owns(backend.floats(x))).toBe(true);
    x.dispose();
    const grown = tf.fill([4000, 1000], 7);
    expect(copy.dataSync()).toEqual(Float32Array.from({ length: 1000 }, (_, i) => i));
    expect(backend.refCount(copy.dataId)).toBe(1);
    tf.dispose([copy, grown]);
  });

  it("pairs the matrices of batches that are broadcast", () => {
    const a = tf.range(0, 8).reshape([2, 1, 2, 2]);
    const b = tf.range(0, 12).reshape([3, 2, 2]);
    const products = tf.matMul(a, b);
    expect(products.shape).toEqual([2, 3, 2, 2]);
    const expected = tf.stack(
      [0, 1].flatMap((i) =>
        [0, 1, 2].map((j) => tf.matMul(a.gather(i).squeeze(), b.gather(j) as tf.Tensor2D)),
      ),
    );
    expect(products.dataSync()).toEqual(expected.dataSync());
  });

  it("refuses what is larger than any memory, and counts nothing for it", () => {
    const before = { ...tf.memory() };
    // 4 GB and a little: in 32 bits, a little.
    for (const size of [2 ** 30, 2 ** 30 + 16, 1.1e9])
      expect(() => tf.zeros([size])).toThrow(/wasm: expected memory for a tensor \[\d+\], \d+ MB, got none/);
    expect(tf.memory()).toEqual(before);
  });

  it("says where a kernel found no memory, leaves nothing of it, and computes again when there is some", () => {
    const make = (length: number) => tf.engine().makeTensorFromTensorInfo(backend.allocate([length]));
    const all: tf.Tensor[] = [];
    const x = tf.ones<tf.Rank.R4>([1, 30, 30, 64]);
    const filter = tf.ones<tf.Rank.R4>([3, 3, 64, 512]);
    // Down to the last kilobyte.
    for (const length of [60_000_000, 1_000_000, 20_000, 300])
      expect(() => {
        for (;;) all.push(make(length));
      }).toThrow("wasm: expected memory for a tensor");
    // Room for the output, but not for the transformed filter.
    all
      .splice(
        all.findIndex(({ size }) => size === 1_000_000),
        1,
      )[0]!
      .dispose();
    const state = () => ({ ...tf.memory(), data: backend.numDataIds() });
    const before = state();
    for (let i = 0; i < 3; i++)
      expect(() => tf.conv2d(x, filter, 1, "same")).toThrow(
        /^wasm: expected \d+ MB for a kernel's scratch, got none; take a smaller batch$/,
      );
    expect(state()).toEqual(before);
    tf.dispose(all);
    const y = tf.conv2d(x, filter, 1, "same");
    expect(y.dataSync()[0]).toBe(256);
    const large = make(500_000_000);
    tf.dispose([large, x, filter, y]);
  });

  it("refuses a tensor for which there is no memory left, naming it, and overwrites none", () => {
    const first = tf.fill([1000], 7);
    const others: tf.Tensor[] = [];
    const fill = () => {
      // 500 MB each, whose pages are never touched.
      for (let i = 0; i < 9; i++)
        others.push(tf.engine().makeTensorFromTensorInfo(backend.allocate([125_000_000])));
    };
    expect(fill).toThrow(
      /wasm: expected memory for a tensor \[125000000\], 500 MB, got none beside \d+ MB in use; take a smaller batch/,
    );
    expect(first.dataSync()[0]).toBe(7);
    tf.dispose([first, ...others]);
    const again = tf.fill([125_000_0], 3);
    expect(again.dataSync()[1_249_999]).toBe(3);
    again.dispose();
  });
});
