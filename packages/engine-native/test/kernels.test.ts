// Kernels beyond what a stock op reaches, and what happens to wrong shapes and types. `testing` holds every kernel against the cpu backend.
import type { KernelBackend } from "@mlpconv/kernels";
import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, it } from "vitest";
import { describe as describeDevice } from "../src/index.js";
import { run, tensor, useNative } from "./engines.js";

beforeEach(() => useNative());

describe("the package", () => {
  it("registers a kernel of every name that the cpu backend has, and the fused ones", () => {
    const names = (backend: string) => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
    const ours = new Set(names("native"));
    const fused = [
      "AdamStep",
      "BatchNorm",
      "BatchNormGrad",
      "BatchNormInference",
      "ConvBiasRelu",
      "ConvBiasReluGradFilter",
      "ConvBiasReluGradInput",
      "Dropout",
      "SgdStep",
      "SigmoidGrad",
      "SoftmaxCrossEntropy",
    ];
    for (const name of [...names("cpu"), ...fused]) expect(ours, name).toContain(name);
  });

  it("says what it computes on", () => {
    expect(describeDevice()).toMatch(/^\d+ threads?, \w/);
  });
});

describe("dropout", () => {
  it("draws the same mask at each call and in the gradient, and another one for each block", () => {
    const x = tf.ones([101, 33]);
    const draw = (block: number, input = x) =>
      (
        run("Dropout", { x: input }, { rate: 0.25, key: [123, 456], block, offset: 0 }) as tf.Tensor
      ).dataSync();
    const first = draw(0);
    expect(draw(0)).toEqual(first);
    expect(draw(1)).not.toEqual(first);
    const kept = Math.fround(1 / 0.75);
    expect(new Set(first)).toEqual(new Set([0, kept]));
    const share = first.filter((value) => value > 0).length / first.length;
    expect(share).toBeCloseTo(0.75, 1);
  });
});

describe("softmaxCrossEntropy", () => {
  it("is the mean of -log softmax at the label", () => {
    const logits = tf.tensor2d([
      [1, 2, 3],
      [100, 0, -100],
      [1, 1, 1],
    ]);
    const labels = tf.tensor1d([2, 1, 0], "int32");
    const [loss, gradient] = run("SoftmaxCrossEntropy", { logits, labels }) as [tf.Tensor, tf.Tensor];
    const first = -Math.log(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
    expect(loss.dataSync()[0]).toBeCloseTo((first + 100 + Math.log(3)) / 3, 4);
    expect([...gradient.dataSync()].slice(6)).toEqual(
      [-2 / 9, 1 / 9, 1 / 9].map((v) => expect.closeTo(v, 6)),
    );
  });
});

describe("NaN and infinity", () => {
  it("pass through activations and arithmetic, as on the cpu backend", () => {
    const x = tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]);
    expect([...tf.relu(x).dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, -0]);
    expect([...tf.sigmoid(x).dataSync()]).toEqual([Number.NaN, 1, 0, 0.5]);
    expect([...tf.exp(x).dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, 1]);
    expect([...tf.maximum(x, 1).dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 1, 1]);
    expect(tf.max(x).dataSync()[0]).toBeNaN();
  });
});

describe("the backend's memory", () => {
  it("holds tensors of true and false, a byte for each value", () => {
    const backend = tf.backend() as KernelBackend;
    const before = backend.arena.usedBytes;
    const mask = tf.engine().makeTensorFromTensorInfo(backend.allocate([300, 400], "bool"));
    expect(backend.arena.usedBytes - before).toBe(Math.ceil(120_000 / 4096) * 4096);
    backend.bytes(mask).fill(1);
    expect(mask.dataSync()).toEqual(new Uint8Array(120_000).fill(1));
    expect(() => backend.bytes(tf.ones([2]))).toThrow("native: expected bool [2], got float32 with 2 values");
    mask.dispose();
    expect(backend.arena.usedBytes).toBe(before);
  });
});

describe("a kernel refuses", () => {
  const x = () => tensor([2, 6, 6, 3], 1);
  const convolution = { strides: [1, 1], pad: "valid", activation: "relu" };

  it.each<[name: string, call: () => unknown, message: string]>([
    [
      "a filter for other channels",
      () =>
        run("ConvBiasRelu", { x: x(), filter: tensor([3, 3, 4, 5], 2), bias: tensor([5], 3) }, convolution),
      "ConvBiasRelu: expected a filter [height, width, 3, outChannels] for an input [2,6,6,3], got [3,3,4,5]",
    ],
    [
      "a bias of another length",
      () =>
        run("ConvBiasRelu", { x: x(), filter: tensor([3, 3, 3, 5], 2), bias: tensor([4], 3) }, convolution),
      "ConvBiasRelu: expected bias [5], got [4]",
    ],
    [
      "a gradient of another shape",
      () =>
        run(
          "Conv2DBackpropInput",
          { dy: tensor([2, 5, 4, 5], 2), filter: tensor([3, 3, 3, 5], 2) },
          { strides: 1, pad: "valid", inputShape: [2, 6, 6, 3] },
        ),
      "Conv2DBackpropInput: expected dy [2,4,4,5], got [2,5,4,5]",
    ],
    [
      "a pooling's gradient of another shape",
      () =>
        run(
          "MaxPoolGrad",
          { dy: tensor([2, 2, 2, 3], 1), input: x(), output: tensor([2, 3, 3, 3], 1) },
          { filterSize: 2, strides: 2, pad: "valid" },
        ),
      "MaxPoolGrad: expected dy [2,3,3,3], got [2,2,2,3]",
    ],
    [
      "integers where only floats compute",
      () =>
        run(
          "ConvBiasRelu",
          { x: tf.cast(x(), "int32"), filter: tensor([3, 3, 3, 5], 2), bias: tensor([5], 3) },
          convolution,
        ),
      "native: expected float32 [2,6,6,3], got int32",
    ],
    [
      "matrices that do not fit",
      () =>
        run(
          "BatchMatMul",
          { a: tensor([3, 4], 1), b: tensor([3, 5], 2) },
          { transposeA: false, transposeB: false },
        ),
      "BatchMatMul: expected inner sizes to be equal, got [3,4] and [3,5]",
    ],
    [
      "a pool larger than its image, whose two negative sides would make a tensor of foreign memory",
      () => run("MaxPool", { x: x() }, { filterSize: 9, strides: 1, pad: "valid" }),
      "MaxPool: expected a window of at most 6x6, the padded image, got 9x9; use a smaller window",
    ],
    [
      "a pool with a stride of 0",
      () => run("AvgPool", { x: x() }, { filterSize: 2, strides: 0, pad: "valid" }),
      "AvgPool: expected windows and strides of whole pixels from 1 up",
    ],
    [
      "a pool whose first window lies in the padding",
      () => run("AvgPool", { x: x() }, { filterSize: 2, strides: 1, pad: 2 }),
      "AvgPool: expected each window to have a pixel of the image",
    ],
    [
      "a filter larger than the padded image",
      () =>
        run(
          "ConvBiasRelu",
          { x: x(), filter: tensor([9, 3, 3, 5], 2), bias: tensor([5], 3) },
          { ...convolution, pad: 1 },
        ),
      "ConvBiasRelu: expected a window of at most 8x8, the padded image, got 9x3",
    ],
    [
      "a tensor of negative sizes",
      () => run("Fill", {}, { shape: [-2, -3], value: 1, dtype: "float32" }),
      "native: expected a tensor of whole sizes from 0 up, got [-2,-3]",
    ],
    [
      "a label that is no class",
      () =>
        run("SoftmaxCrossEntropy", { logits: tensor([3, 4], 1), labels: tf.tensor1d([1, 2, 4], "int32") }),
      "softmaxCrossEntropy: expected labels from 0 to 3, got 4 for example 2",
    ],
    [
      "labels of another batch",
      () =>
        run("SoftmaxCrossEntropy", {
          logits: tensor([3, 4], 1),
          labels: tf.tensor1d([1, 2], "int32"),
        }),
      "SoftmaxCrossEntropy: expected labels [3], got [2]",
    ],
    [
      "a gradient that is not the weights'",
      () =>
        run(
          "SgdStep",
          { weights: tensor([3, 4], 1), gradient: tensor([4, 3], 1) },
          { learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0 },
        ),
      "SgdStep: expected gradient [3,4], got [4,3]",
    ],
    [
      "a moment that is not the weights'",
      () =>
        run(
          "AdamStep",
          {
            weights: tensor([3, 4], 1),
            gradient: tensor([3, 4], 2),
            mean: tensor([3, 4], 3),
            square: tensor([12], 4),
          },
          { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, step: 1 },
        ),
      "AdamStep: expected square [3,4], got [12]",
    ],
  ])("%s", (_, call, message) => expect(call).toThrow(message));
});
