// Kernels beyond what a stock op reaches, each instruction set of this CPU, and what happens to wrong shapes and types.
import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, it } from "vitest";
import { NativeBackend } from "../src/backend.js";
import { openLibrary } from "../src/ffi.js";
import { describe as describeDevice } from "../src/index.js";
import { supportedIsas } from "../src/isa.js";
import { locate } from "../src/library.js";
import { expectAsOnCpu, run, tensor, useNative } from "./engines.js";

beforeEach(() => useNative());

describe("the package", () => {
  it("registers a kernel of every name that the cpu backend has, and the fused ones", () => {
    const names = (backend: string) => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
    const ours = new Set(names("native"));
    const fused = [
      "AdamStep",
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

const scenarios: [name: string, body: () => tf.Tensor | tf.Tensor[]][] = [
  ...([1, 3, 5] as const).map((window): [string, () => tf.Tensor[]] => [
    `a convolution ${window}x${window} of 20 channels to 37 and its gradients`,
    () => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
      const [x, filter] = [tensor([3, 13, 11, 20], 1), tensor([window, window, 20, 37], 2)];
      const dy = tensor<tf.Rank.R4>([3, 13, 11, 37], 3);
      return [convolve(x, filter), ...tf.grads((...all) => convolve(all[0]!, all[1]!))([x, filter], dy)];
    },
  ]),
  [
    "a strided convolution of one channel and its gradients",
    () => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 4, "valid");
      const [x, filter] = [tensor([2, 43, 39, 1], 1), tensor([11, 11, 1, 40], 2)];
      const dy = tensor<tf.Rank.R4>([2, 9, 8, 40], 3);
      return [convolve(x, filter), ...tf.grads((...all) => convolve(all[0]!, all[1]!))([x, filter], dy)];
    },
  ],
  [
    "matrix products",
    () =>
      [false, true].flatMap((left) =>
        [false, true].map((right) =>
          tf.matMul(
            tensor(left ? [70, 45] : [45, 70], 1),
            tensor(right ? [83, 70] : [70, 83], 2),
            left,
            right,
          ),
        ),
      ),
  ],
  ...([1, 6, 100] as const).map((channels): [string, () => tf.Tensor[]] => [
    `pooling of ${channels} channels`,
    () => {
      const x = tensor<tf.Rank.R4>([3, 9, 10, channels], 1);
      return [tf.maxPool, tf.avgPool].flatMap((pool) => {
        const pooled = (input: tf.Tensor) => pool(input as tf.Tensor4D, 3, 2, "same");
        return [pooled(x), tf.grad(pooled)(x, tensor([3, 5, 5, channels], 2))];
      });
    },
  ]),
  [
    "functions of many numbers",
    () => {
      const x = tf.mul(tensor([70_001], 1), 30);
      return [
        tf.relu(x),
        tf.sigmoid(x),
        tf.step(x, 0.5),
        tf.neg(x),
        tf.square(x),
        tf.sqrt(tf.abs(x)),
        tf.exp(tf.div(x, 10)),
        tf.floor(x),
        tf.tanh(x),
      ];
    },
  ],
  [
    "operands that are broadcast",
    () => {
      const a = tensor([4, 5, 6, 7], 1);
      return [
        [7],
        [6, 7],
        [4, 1, 1, 7],
        [1, 5, 6, 1],
        [4, 5, 1, 1],
        [5, 1, 1],
        [1],
        [],
        [4, 1, 6, 1],
        [4, 5, 6, 7],
      ].flatMap((shape, i) => {
        const b = tf.add(tensor(shape, i), 3);
        return [tf.add(a, b), tf.sub(b, a), tf.mul(a, b), tf.div(a, b), tf.maximum(a, b), tf.minimum(b, a)];
      });
    },
  ],
  [
    "sums, means and maxima",
    () => {
      const x = tensor([17, 40, 6, 33], 1);
      return [[0], [0, 1, 2], [1, 2], [2, 3], [3], [0, 1, 2, 3], [0, 2]].flatMap((axes) => [
        tf.sum(x, axes),
        tf.mean(x, axes, true),
        tf.max(x, axes),
      ]);
    },
  ],
  [
    "a sum of a million numbers",
    () => [tf.sum(tensor([1000, 1003], 1)), tf.mean(tensor([100_003, 10], 1), 0)],
  ],
  [
    "moves",
    () => {
      const x = tensor([5, 40, 3, 50], 1);
      return [
        tf.transpose(x, [0, 3, 1, 2]),
        tf.transpose(x, [0, 2, 1, 3]),
        tf.transpose(x, [3, 2, 1, 0]),
        tf.transpose(tf.reshape(x, [200, 150])),
        tf.transpose(tf.reshape(x, [5, 1, 120, 50]), [1, 0, 3, 2]),
        tf.transpose(tf.reshape(x, [1, 200, 150, 1]), [3, 1, 0, 2]),
        tf.pad(
          x,
          [
            [0, 0],
            [1, 2],
            [3, 0],
            [0, 0],
          ],
          0.5,
        ),
        tf.pad(tf.reshape(x, [200, 150]), [
          [1, 0],
          [2, 3],
        ]),
        tf.slice(x, [1, 2, 0, 3], [3, 30, 2, 40]),
        tf.slice(tf.reshape(x, [200, 150]), [10, 0], [50, 150]),
      ];
    },
  ],
  ["softmax", () => tf.softmax(tf.mul(tensor([300, 11], 1), 50))],
];

describe.each(scenarios)("%s", (_, body) => {
  it("equals the cpu backend's", () => expectAsOnCpu(body));
});

describe.each(supportedIsas())("compiled for %s", (isa) => {
  const name = `native-${isa}`;

  it("every kernel equals the cpu backend's", { timeout: 300_000 }, async () => {
    const library = openLibrary(await locate(isa), 2);
    tf.registerBackend(name, () => new NativeBackend(library), 0);
    tf.copyRegisteredKernels("native", name);
    for (const [, body] of scenarios) await expectAsOnCpu(body, name);
  });
});

describe("dropout", () => {
  it("keeps a number or drops it, the same at each call and in the gradient, another in each block", () => {
    const x = tf.ones([101, 33]);
    const draw = (block: number, input = x) =>
      (run("Dropout", { x: input }, { rate: 0.25, key: [123, 456], block }) as tf.Tensor).dataSync();
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
  it("is the mean of -log softmax at the label; a label outside is no class", () => {
    const logits = tf.tensor2d([
      [1, 2, 3],
      [100, 0, -100],
      [1, 1, 1],
    ]);
    const labels = tf.tensor1d([2, 1, 7], "int32");
    const [loss, gradient] = run("SoftmaxCrossEntropy", { logits, labels }) as [tf.Tensor, tf.Tensor];
    const first = -Math.log(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
    expect(loss.dataSync()[0]).toBeCloseTo((first + 100 + Math.log(3)) / 3, 4);
    expect([...gradient.dataSync()].slice(6)).toEqual([1 / 9, 1 / 9, 1 / 9].map((v) => expect.closeTo(v, 6)));
  });
});

describe("numbers that are none", () => {
  it("pass through activations and arithmetic, as on the cpu backend", () => {
    const x = tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]);
    expect([...tf.relu(x).dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, -0]);
    expect([...tf.sigmoid(x).dataSync()]).toEqual([Number.NaN, 1, 0, 0.5]);
    expect([...tf.exp(x).dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, 1]);
    expect([...tf.maximum(x, 1).dataSync()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 1, 1]);
    expect(tf.max(x).dataSync()[0]).toBeNaN();
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
          { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, correction: 1, keptWeight: 1 },
        ),
      "AdamStep: expected square [3,4], got [12]",
    ],
  ])("%s", (_, call, message) => expect(call).toThrow(message));
});
