// Kernels that fail half-way: what they had allocated is disposed of, and what they were given is left as it was.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { KernelBackend } from "./backend.js";
import type { KernelLibrary } from "./library.js";
import { registerKernels } from "./register.js";

/** Names of the functions that fail. */
const failing = new Set<string>();
let backend: KernelBackend;

beforeAll(async () => {
  const library: KernelLibrary = {
    memory: {
      least: 64,
      unit: 64,
      copies: false,
      moves: false,
      owns: () => true,
      chunk: (least) => {
        const buffer = new ArrayBuffer(Math.max(least, 1 << 20));
        const view = (type: Float32ArrayConstructor, offset: number, length: number) =>
          new type(buffer, offset, length);
        return { bytes: buffer.byteLength, view: view as never, release: () => {} };
      },
    },
    call: (...[name]) => {
      if (failing.has(name)) throw new Error(`${name} failed`);
    },
    threads: () => 1,
    isa: () => "none",
    plan: () => "none",
  };
  registerKernels("failing");
  tf.registerBackend("failing", () => new KernelBackend("failing", library));
  await tf.setBackend("failing");
  backend = tf.backend() as KernelBackend;
});

const run = (name: string, inputs: object, attributes: object = {}) =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
const x = () => tf.ones<tf.Rank.R4>([1, 6, 6, 4]);
const convolution = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: [1, 1] };

it.each<[string, string, () => unknown]>([
  ["a convolution", "mlpconv_conv_forward", () => tf.conv2d(x(), tf.ones([3, 3, 4, 4]), 1, "same")],
  [
    "a fused convolution, in its last step",
    "mlpconv_unary",
    () =>
      tf.fused.conv2d({
        x: x(),
        filter: tf.ones([3, 3, 4, 4]),
        strides: 1,
        pad: "same",
        bias: tf.ones([4]),
        activation: "sigmoid",
      }),
  ],
  [
    "both gradients of a filter",
    "mlpconv_conv_grad_filter",
    () =>
      run(
        "ConvBiasReluGradFilter",
        { x: x(), dy: x(), y: x() },
        { ...convolution, activation: "relu", filterShape: [3, 3, 4, 4] },
      ),
  ],
  [
    "a step in place",
    "mlpconv_sgd",
    () =>
      run(
        "SgdStep",
        { weights: tf.ones([64]), gradient: tf.ones([64]), velocity: tf.ones([64]) },
        { learningRate: 1, momentum: 0.9, nesterov: false, weightDecay: 0 },
      ),
  ],
  ["a sum over axes that are apart", "mlpconv_sum", () => tf.sum(x(), [0, 3])],
  ["a sum of axes of one value, without a copy", "mlpconv_sum", () => tf.sum(tf.ones([1, 1, 64]), [0, 2])],
])("%s leaves nothing behind", (_, name, compute) => {
  const before = { data: backend.numDataIds(), used: backend.arena.usedBytes };
  tf.tidy(() => {
    const kept = tf.ones([256]);
    failing.add(name);
    try {
      expect(compute).toThrow(`${name} failed`);
    } finally {
      failing.delete(name);
    }
    expect(backend.refCount(kept.dataId)).toBe(1);
  });
  expect({ data: backend.numDataIds(), used: backend.arena.usedBytes }).toEqual(before);
});

it("inputs keep their references when a kernel fails after it has shared one", () => {
  const t = tf.ones([64]);
  const condition = tf.cast(tf.ones([64]), "bool");
  failing.add("mlpconv_select");
  expect(() => tf.where(condition, t, t)).toThrow("mlpconv_select failed");
  failing.delete("mlpconv_select");
  expect(backend.refCount(t.dataId)).toBe(1);
  expect(t.dataSync()).toHaveLength(64);
  tf.dispose([t, condition]);
});
