// The ops against what they stand for: the same value and the same gradients as stock tfjs, or as a small sum by hand.
import { beforeAll, describe, expect, test, vi } from "vitest";
import {
  adamStep,
  convBiasRelu,
  dropout,
  globalAvgPool,
  resize,
  sgdStep,
  softmaxCrossEntropy,
  stream,
  tf,
  useEngine,
} from "../index.js";

beforeAll(() => useEngine("cpu"));

const random = (shape: number[], name: string) =>
  tf.tensor(stream(0, name).normal(shape.reduce((a, b) => a * b, 1)), shape);

const original = tf.engine().runKernel;

const distance = (a: tf.Tensor, b: tf.Tensor) => {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
};

describe("convBiasRelu", () => {
  const x = random([2, 7, 6, 3], "x") as tf.Tensor4D;
  const filter = random([3, 3, 3, 4], "filter") as tf.Tensor4D;
  const bias = random([4], "bias") as tf.Tensor1D;

  test.each([
    { strides: 1, pad: "same", activation: "relu" },
    { strides: 2, pad: 1, activation: "relu" },
    { strides: 3, pad: "valid", activation: "relu" },
    { strides: 2, pad: 0, activation: "linear" },
  ] as const)(
    "has the value and gradients of conv2d + bias, stride $strides, pad $pad, $activation",
    (options) => {
      const stock = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) => {
        const z = tf.add(
          tf.conv2d(
            x as tf.Tensor4D,
            filter as tf.Tensor4D,
            options.strides,
            options.pad,
            "NHWC",
            1,
            typeof options.pad === "number" ? "floor" : undefined,
          ),
          bias,
        );
        return options.activation === "relu" ? tf.relu(z) : z;
      };
      const ours = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
        convBiasRelu(x as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D, options);
      expect(distance(ours(x, filter, bias), stock(x, filter, bias))).toBeLessThan(1e-5);
      const gradients = (f: typeof stock) =>
        tf.grads((x, filter, bias) => tf.sum(tf.square(f(x!, filter!, bias!))))([x, filter, bias]);
      const expected = gradients(stock);
      for (const [i, gradient] of gradients(ours).entries()) {
        expect(distance(gradient, expected[i]!)).toBeLessThan(1e-3);
      }
    },
  );

  test("frees a gradient after its last use, but not one that the caller gave", () => {
    const convolve = (x: tf.Tensor) =>
      convBiasRelu(
        convBiasRelu(x as tf.Tensor4D, filter, bias),
        random([1, 1, 4, 2], "f") as tf.Tensor4D,
        tf.zeros([2]),
      );
    const dy = tf.tidy(() => tf.onesLike(convolve(x)));
    tf.tidy(() => tf.grad(convolve)(x, dy));
    expect(dy.isDisposed).toBe(false);
    // Inside the pass: after the first layer's gradient, the one between the layers is gone.
    const kernels: tf.Tensor[] = [];
    const spy = vi.spyOn(tf.engine(), "runKernel").mockImplementation(function (this: unknown, ...all) {
      if (all[0] === "ConvBiasReluGradInput") kernels.push(all[1].dy as tf.Tensor);
      return original.apply(tf.engine(), all);
    });
    tf.tidy(() => {
      tf.grad(convolve)(x, dy);
      expect(kernels.map(({ isDisposed }) => isDisposed)).toEqual([false, true]);
    });
    spy.mockRestore();
  });

  test("keeps its output for the gradient of a ReLU alone", () => {
    const kept = (activation: "relu" | "linear"): number => {
      let tensors = 0;
      const convolve = (x: tf.Tensor) => {
        const before = tf.memory().numTensors;
        const y = convBiasRelu(x as tf.Tensor4D, filter, bias, { activation });
        tensors = tf.memory().numTensors - before;
        return y;
      };
      tf.tidy(() => tf.grad(convolve)(x));
      return tensors;
    };
    expect(kept("relu") - kept("linear")).toBe(1);
  });

  test("says which shape does not fit", () => {
    expect(() => convBiasRelu(x, random([3, 3, 5, 4], "f") as tf.Tensor4D, bias)).toThrow(
      "convBiasRelu: expected a filter for 3 channels, got [3,3,5,4]",
    );
    expect(() => convBiasRelu(x, filter, random([5], "b") as tf.Tensor1D)).toThrow(
      "expected bias [4], got [5]",
    );
  });

  test("leaves no tensor behind", () => {
    const before = tf.memory().numTensors;
    tf.dispose(tf.valueAndGrad((x) => tf.sum(convBiasRelu(x as tf.Tensor4D, filter, bias)))(x));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("softmaxCrossEntropy", () => {
  const labels = tf.tensor1d([2, 0], "int32");

  test("is the mean of -log softmax at the label", () => {
    const loss = softmaxCrossEntropy(
      tf.tensor2d([
        [1, 2, 3],
        [1, 1, 1],
      ]),
      labels,
    ).dataSync()[0]!;
    const first = -Math.log(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
    expect(loss).toBeCloseTo((first + Math.log(3)) / 2, 6);
  });

  test("stays finite for logits that overflow an exponential", () => {
    expect(
      softmaxCrossEntropy(
        tf.tensor2d([
          [1000, 0, -1000],
          [1000, 0, 0],
        ]),
        labels,
      ).dataSync()[0],
    ).toBeCloseTo(1000, 3);
  });

  test("has the gradient (softmax - one-hot) / batch, times the gradient of its output", () => {
    const gradient = tf.grad((z) => tf.mul(3, softmaxCrossEntropy(z as tf.Tensor2D, labels)))(
      tf.zeros([2, 3]),
    );
    const third = 3 / 3 / 2;
    const expected = [third, third, third - 1.5, third - 1.5, third, third];
    for (const [i, value] of gradient.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 6);
  });

  test("refuses labels that are not class numbers", () => {
    expect(() => softmaxCrossEntropy(tf.zeros([2, 3]), tf.zeros([2]))).toThrow(
      "expected int32 labels, got float32",
    );
    expect(() => softmaxCrossEntropy(tf.zeros([3, 3]), labels)).toThrow("expected labels [3], got [2]");
  });
});

describe("dropout", () => {
  test("draws its mask from the stream, applies it to the gradient too, and draws another for another block", () => {
    const mask = (block: number) => dropout(tf.ones([9, 5]), 0.25, stream(3, "mask"), { block }).dataSync();
    const bits = stream(3, "mask").bits(45, { block: 2 });
    const expected = Float32Array.from(bits, (word) => (word < 2 ** 30 ? 0 : 4 / 3));
    expect(mask(2)).toEqual(expected);
    expect(mask(3)).not.toEqual(expected);
    const gradient = tf.grad((x) => dropout(x, 0.25, stream(3, "mask"), { block: 2 }))(tf.zeros([9, 5]));
    expect(gradient.dataSync()).toEqual(expected);
  });

  test("refuses an invalid rate", () => {
    expect(() => dropout(tf.ones([1]), 1, stream(0, "mask"))).toThrow(
      "from 0 up to, not including, 1, got 1",
    );
  });
});

describe("sgdStep", () => {
  test("changes weights and velocity and leaves no tensor behind", () => {
    const weights = tf.variable(tf.tensor1d([1, 2]));
    const velocity = tf.variable(tf.tensor1d([10, 0]));
    const gradient = tf.tensor1d([1, -1]);
    const before = tf.memory().numTensors;
    const options = { learningRate: 0.5, momentum: 0.5, nesterov: false, weightDecay: 0.2 };
    sgdStep(weights, gradient, velocity, options);
    // v = 0.5 * [10, 0] + [1, -1] = [6, -1];  w = 0.9 * [1, 2] - 0.5 v
    for (const [i, value] of [6, -1].entries()) expect(velocity.dataSync()[i]).toBeCloseTo(value, 6);
    for (const [i, value] of [-2.1, 2.3].entries()) expect(weights.dataSync()[i]).toBeCloseTo(value, 6);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("adamStep", () => {
  // torch 2.13: three steps of torch.optim.Adam([w], lr=0.1, betas=(0.8, 0.99)) and of AdamW(..., weight_decay=0.05).
  const options = { learningRate: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-8 };
  const gradients = [
    [0.5, -1, 0.25, 2],
    [-0.5, 0.1, 0.3, 1],
    [0.02, 3, -1, 0.7],
  ];

  test.each([
    [0, [0.9171472, -1.8996663, 0.3389624, 2.7240131]],
    [0.05, [0.903164, -1.8710879, 0.3330002, 2.6806927]],
  ])("with weight decay %s does what PyTorch does and leaves no tensor behind", (weightDecay, expected) => {
    const weights = tf.variable(tf.tensor1d([1, -2, 0.5, 3]));
    const moments = { mean: tf.variable(tf.zeros([4])), square: tf.variable(tf.zeros([4])) };
    const before = tf.memory().numTensors;
    for (const [i, values] of gradients.entries()) {
      tf.tidy(() =>
        adamStep(weights, tf.tensor1d(values), moments, { ...options, weightDecay, step: i + 1 }),
      );
    }
    expect(tf.memory().numTensors).toBe(before);
    const closeTo = (numbers: number[]) => numbers.map((number) => expect.closeTo(number, 5));
    expect([...weights.dataSync()]).toEqual(closeTo(expected));
    expect([...moments.mean.dataSync()]).toEqual(closeTo([-0.012, 0.488, -0.12, 0.5560001]));
    expect([...moments.square.dataSync()]).toEqual(closeTo([0.0049293, 0.0999, 0.0115036, 0.054004]));
  });

  test("refuses a step before the first", () => {
    const moments = { mean: tf.variable(tf.zeros([1])), square: tf.variable(tf.zeros([1])) };
    const step = () =>
      adamStep(tf.variable(tf.ones([1])), tf.ones([1]), moments, { ...options, weightDecay: 0, step: 0 });
    expect(step).toThrow("adamStep: expected step to be a whole number from 1 up, got 0");
  });
});

describe("globalAvgPool", () => {
  test("is the mean of each map, and shares its gradient among the pixels", () => {
    const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]);
    expect([...globalAvgPool(x).dataSync()]).toEqual([2.5, 25]);
    const gradient = tf.grad((x) => tf.sum(globalAvgPool(x as tf.Tensor4D)))(x);
    expect([...gradient.dataSync()]).toEqual(new Array(8).fill(0.25));
  });
});

describe("resize", () => {
  test("enlarges with half-pixel centres", () => {
    const x = tf.tensor4d([0, 10, 20, 30], [1, 2, 2, 1]);
    expect([...resize(x, [2, 4]).dataSync()]).toEqual([0, 2.5, 7.5, 10, 20, 22.5, 27.5, 30]);
  });

  test("shrinks with a filter that sees every pixel", () => {
    const x = tf.tensor4d([0, 0, 70, 0], [1, 1, 4, 1]);
    // The triangles are 4 wide and cut off at the border: weights 3, 3, 1 and 1, 3, 3, over 7.
    const values = resize(x, [1, 2]).dataSync();
    expect(values[0]).toBeCloseTo(10, 4);
    expect(values[1]).toBeCloseTo(30, 4);
  });

  test("keeps channels and images apart", () => {
    const x = random([2, 5, 4, 3], "r") as tf.Tensor4D;
    const one = resize(x.slice([1, 0, 0, 2], [1, 5, 4, 1]), [9, 7]);
    expect(distance(resize(x, [9, 7]).slice([1, 0, 0, 2], [1, 9, 7, 1]), one)).toBeLessThan(1e-6);
  });

  test("agrees with tfjs's resizeBilinear where it enlarges, and so does its gradient", () => {
    const x = random([1, 6, 5, 2], "r") as tf.Tensor4D;
    const stock = (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [13, 11], false, true);
    expect(distance(resize(x, [13, 11]), stock(x))).toBeLessThan(1e-5);
    const weights = random([1, 13, 11, 2], "w");
    const weighted = tf.grad((x) => tf.sum(tf.mul(resize(x as tf.Tensor4D, [13, 11]), weights)))(x);
    // <dx, d> = <w, resize(d)> for every d: resize is linear.
    const d = random([1, 6, 5, 2], "d");
    const left = tf.sum(tf.mul(weighted, d)).dataSync()[0]!;
    expect(left).toBeCloseTo(tf.sum(tf.mul(weights, stock(d))).dataSync()[0]!, 3);
  });

  test.each([
    [0, 4],
    [4.5, 4],
    [Number.NaN, 4],
  ])("refuses a size of %sx%s", (height, width) => {
    expect(() => resize(tf.zeros([1, 2, 2, 1]), [height!, width!])).toThrow(
      /expected a size of whole pixels/,
    );
  });
});
