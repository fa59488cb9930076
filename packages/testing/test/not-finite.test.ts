// NaN, infinities, labels and sizes at the edge on every engine: what PyTorch gives, or a refusal in words. Not compared with `cpu`, which
// has to give the same.
import {
  adamStep,
  batchNorm,
  batchNormInference,
  convBiasRelu,
  dropout,
  globalAvgPool,
  resize,
  resizeLevels,
  sgdStep,
  softmaxCrossEntropy,
  stream,
  tf,
} from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
/** NaN with its sign bit set, as the difference of two infinities has it on x86. */
const negativeNaN = new Float32Array(Uint32Array.of(0xffc00000).buffer);

/** An image of 2x2 pixels and one channel. */
const image = (...values: readonly number[]): tf.Tensor4D =>
  tf.tensor4d(Float32Array.from(values), [1, 2, 2, 1]);
const ones = (...shape: [number, number, number, number]): tf.Tensor4D => tf.ones(shape);
const bias = (...values: number[]) => tf.tensor1d(values);
const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid");
const loss = (logits: number[], label: number) =>
  softmaxCrossEntropy(tf.tensor2d([logits]), tf.tensor1d([label], "int32"));
const lossGradient = (logits: number[], label: number) =>
  tf.grad((z) => softmaxCrossEntropy(z as tf.Tensor2D, tf.tensor1d([label], "int32")))(tf.tensor2d([logits]));
/** The three gradients of a ReLU'd 1x1 convolution with weight 1. */
const convolutionGradients = (x: number[], dy: number[]) =>
  tf.grads((x, filter, b) => convBiasRelu(x as tf.Tensor4D, filter as tf.Tensor4D, b as tf.Tensor1D))(
    [image(...x), ones(1, 1, 1, 1), bias(0)],
    image(...dy),
  );

/** Batch normalisation of rows of channels with scale 1, offset 0 and nearly no epsilon. */
const normalised = (x: number[][], activation: "linear" | "relu" = "linear", add?: number[][]) =>
  batchNorm(tf.tensor2d(x), tf.ones([x[0]!.length]), tf.zeros([x[0]!.length]), {
    epsilon: 1e-12,
    activation,
    ...(add && { add: tf.tensor2d(add) }),
  });
/** Its gradients by x, scale, offset and what is added, after a ReLU. */
const normalisedGradients = (x: number[][], add: number[][], dy: number[][]) =>
  tf.grads(
    (x, scale, offset, add) =>
      batchNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, {
        epsilon: 1e-12,
        activation: "relu",
        add: add!,
      }).y,
  )([tf.tensor2d(x), tf.ones([x[0]!.length]), tf.zeros([x[0]!.length]), tf.tensor2d(add)], tf.tensor2d(dy));

// The rules are PyTorch's.
type Row = [name: string, compute: () => tf.Tensor, expected: number[]];
const rows: Row[] = [
  ["relu", () => tf.relu(tf.tensor1d([nan, inf, -inf, -1, 2])), [nan, inf, 0, 0, 2]],
  ["relu of NaN with a sign", () => tf.relu(tf.tensor1d(negativeNaN)), [nan]],
  ["relu6", () => tf.relu6(tf.tensor1d([nan, inf, -inf, 3])), [nan, 6, 0, 3]],
  ["clipByValue", () => tf.clipByValue(tf.tensor1d([nan, inf, -inf, 1]), -2, 2), [nan, 2, -2, 1]],
  ["sigmoid", () => tf.sigmoid(tf.tensor1d([nan, inf, -inf])), [nan, 1, 0]],
  ["maximum, NaN first", () => tf.maximum(tf.tensor1d([nan, 1, inf]), 2), [nan, 2, inf]],
  ["maximum, NaN second", () => tf.maximum(tf.tensor1d([2, 2, 2]), tf.tensor1d([nan, 3, -inf])), [nan, 3, 2]],
  [
    "maximum, NaN second and repeated",
    () => tf.maximum(tf.zeros([2, 3]), tf.tensor2d([nan, 1], [2, 1])),
    [nan, nan, nan, 1, 1, 1],
  ],
  [
    "minimum, NaN second",
    () => tf.minimum(tf.tensor1d([2, 2, 2]), tf.tensor1d([nan, 3, -inf])),
    [nan, 2, -inf],
  ],
  ["sum", () => tf.sum(tf.tensor2d([1, nan, inf, 1], [2, 2]), 1), [nan, inf]],
  ["mean", () => tf.mean(tf.tensor2d([1, nan, -inf, 1], [2, 2]), 1), [nan, -inf]],
  ["max", () => tf.max(tf.tensor2d([nan, 1, 2, 1, 2, nan, -inf, -inf, -inf], [3, 3]), 1), [nan, nan, -inf]],
  ["globalAvgPool", () => globalAvgPool(image(1, nan, 2, 3)), [nan]],
  ["globalAvgPool of infinities", () => globalAvgPool(image(inf, -inf, 2, 3)), [nan]],

  ["maxPool, NaN first", () => pool(image(nan, 1, 2, 3)), [nan]],
  ["maxPool, NaN in the middle", () => pool(image(1, nan, 2, 3)), [nan]],
  ["maxPool, NaN last", () => pool(image(1, 2, 3, nan)), [nan]],
  ["maxPool of NaN", () => pool(image(nan, nan, nan, nan)), [nan]],
  ["maxPool of NaN and Infinity", () => pool(image(inf, nan, inf, 1)), [nan]],
  ["maxPool of -Infinity", () => pool(image(-inf, -inf, -inf, -inf)), [-inf]],
  [
    "maxPool, one of four channels",
    () => pool(tf.tensor4d([nan, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6], [1, 2, 2, 4])),
    [nan, 9, 6, 7],
  ],
  ["maxPool's gradient goes to the NaN", () => tf.grad(pool)(image(1, nan, 9, 3), image4(7)), [0, 7, 0, 0]],
  [
    "maxPool's gradient goes to the last NaN",
    () => tf.grad(pool)(image(nan, 1, nan, 3), image4(7)),
    [0, 0, 7, 0],
  ],
  [
    "maxPool's gradient among -Infinity",
    () => tf.grad(pool)(image(-inf, -inf, -inf, -inf), image4(7)),
    [7, 0, 0, 0],
  ],
  ["maxPool with windows of one pixel", () => tf.maxPool(image(1, nan, 2, 3), 1, 1, "valid"), [1, nan, 2, 3]],
  ["maxPool with gaps around windows of one pixel", () => tf.maxPool(image(5, 1, 2, 3), 1, 2, "valid"), [5]],
  ["avgPool", () => tf.avgPool(image(1, nan, 2, 3), 2, 2, "valid"), [nan]],
  ["avgPool of Infinity", () => tf.avgPool(image(inf, 1, 2, 3), 2, 2, "valid"), [inf]],
  ["avgPool of two infinities", () => tf.avgPool(image(inf, -inf, 2, 3), 2, 2, "valid"), [nan]],
  ["avgPool with windows of one pixel", () => tf.avgPool(image(1, nan, 2, 3), 1, 1, "valid"), [1, nan, 2, 3]],

  ["softmax of NaN", () => tf.softmax(tf.tensor2d([[nan, 1, 2]])), [nan, nan, nan]],
  ["softmax with a masked class", () => tf.softmax(tf.tensor2d([[-inf, 0, 0]])), [0, 0.5, 0.5]],
  ["softmax of masked classes alone", () => tf.softmax(tf.tensor2d([[-inf, -inf]])), [nan, nan]],
  ["softmax of Infinity", () => tf.softmax(tf.tensor2d([[inf, 0]])), [nan, nan]],
  ["cross-entropy with a masked class", () => loss([-inf, 0], 1), [0]],
  ["cross-entropy with a masked class of three", () => loss([-inf, 1, 2], 1), [1.3132616]],
  ["cross-entropy of a masked label", () => loss([-inf, 0], 0), [inf]],
  ["cross-entropy of logits whose difference overflows", () => loss([-3e38, 3e38], 1), [0]],
  ["cross-entropy of NaN", () => loss([nan, 0], 1), [nan]],
  ["cross-entropy of Infinity", () => loss([inf, 0], 0), [nan]],
  ["cross-entropy of masked classes alone", () => loss([-inf, -inf], 0), [nan]],
  ["cross-entropy of one class", () => loss([3], 0), [0]],
  ["cross-entropy's gradient with a masked class", () => lossGradient([-inf, 0, 0], 1), [0, -0.5, 0.5]],
  ["cross-entropy's gradient of one class", () => lossGradient([3], 0), [0]],

  [
    "matMul",
    () =>
      tf.matMul(
        tf.tensor2d([
          [nan, 1],
          [2, 3],
        ]),
        tf.ones([2, 2]),
      ),
    [nan, nan, 5, 5],
  ],
  [
    "matMul with a ReLU",
    () =>
      tf.fused.matMul({
        a: tf.tensor2d([
          [inf, -inf],
          [2, 3],
        ]),
        b: tf.ones([2, 2]),
        activation: "relu",
      }),
    [nan, nan, 5, 5],
  ],
  [
    "1x1 convolution",
    () => convBiasRelu(image(nan, inf, -inf, 2), ones(1, 1, 1, 1), bias(0)),
    [nan, inf, 0, 2],
  ],
  [
    "1x1 convolution without a ReLU",
    () => convBiasRelu(image(nan, inf, -inf, 2), ones(1, 1, 1, 1), bias(0), { activation: "linear" }),
    [nan, inf, -inf, 2],
  ],
  ["2x2 convolution", () => convBiasRelu(image(1, nan, 2, 3), ones(2, 2, 1, 1), bias(0)), [nan]],
  [
    "2x2 convolution of two infinities",
    () => convBiasRelu(image(inf, -inf, 2, 3), ones(2, 2, 1, 1), bias(0)),
    [nan],
  ],
  [
    "convolution with a bias of NaN",
    () => convBiasRelu(image(1, 2, 3, 4), ones(2, 2, 1, 2), bias(nan, 1)),
    [nan, 11],
  ],
  ["stock conv2d", () => tf.conv2d(image(1, nan, 2, 3), ones(2, 2, 1, 1), 1, "valid"), [nan]],
  [
    "stock conv2d with a ReLU",
    () =>
      tf.fused.conv2d({
        x: image(inf, -inf, 2, 3),
        filter: ones(2, 2, 1, 1),
        strides: 1,
        pad: "valid",
        activation: "relu",
      }),
    [nan],
  ],
  [
    "stock depthwise conv2d with a ReLU",
    () =>
      tf.fused.depthwiseConv2d({
        x: image(inf, -inf, 2, 3),
        filter: ones(2, 2, 1, 1),
        strides: 1,
        pad: "valid",
        activation: "relu",
      }),
    [nan],
  ],
  // One weight for each channel, which some libraries compute as a product and a clamp.
  ...[nan, negativeNaN[0]!].flatMap((value, sign): Row[] => [
    [
      `stock 1x1 conv2d of one channel, NaN ${sign}`,
      () => tf.conv2d(image(value, 1, -inf, 2), ones(1, 1, 1, 1), 1, "valid"),
      [nan, 1, -inf, 2],
    ],
    [
      `stock 1x1 conv2d of one channel with a stride, NaN ${sign}`,
      () => tf.conv2d(image(value, 1, 3, 2), ones(1, 1, 1, 1), 2, "valid"),
      [nan],
    ],
    [
      `convBiasRelu of one channel with a stride, NaN ${sign}`,
      () => convBiasRelu(image(value, 1, 3, 2), ones(1, 1, 1, 1), bias(1), { strides: 2 }),
      [nan],
    ],
    [
      `stock 1x1 depthwise conv2d, NaN ${sign}`,
      () => tf.depthwiseConv2d(image(value, 1, -inf, 2), ones(1, 1, 1, 1), 1, "valid"),
      [nan, 1, -inf, 2],
    ],
    ...(["relu", "relu6", "elu", "sigmoid"] as const).flatMap((activation): Row[] => [
      [
        `stock conv2d with ${activation}, NaN ${sign}`,
        () =>
          tf.fused.conv2d({
            x: image(value, value, value, value),
            filter: ones(1, 1, 1, 1),
            strides: 1,
            pad: "valid",
            bias: bias(1),
            activation,
          }),
        [nan, nan, nan, nan],
      ],
      [
        `stock depthwise conv2d with ${activation}, NaN ${sign}`,
        () =>
          tf.fused.depthwiseConv2d({
            x: image(value, value, value, value),
            filter: ones(1, 1, 1, 1),
            strides: 1,
            pad: "valid",
            bias: bias(1),
            activation,
          }),
        [nan, nan, nan, nan],
      ],
      [
        `matMul with ${activation}, NaN ${sign}`,
        () =>
          tf.fused.matMul({
            a: tf.fill([2, 2], value) as tf.Tensor2D,
            b: tf.ones([2, 2]) as tf.Tensor2D,
            activation,
          }),
        [nan, nan, nan, nan],
      ],
    ]),
  ]),
  [
    "1x1 conv2d of one channel, padded, with a filter of Infinity",
    () => tf.conv2d(image(1, -1, 2, 3), tf.fill([1, 1, 1, 1], inf) as tf.Tensor4D, 1, 0),
    [inf, -inf, inf, inf],
  ],
  ["the shape of argMax of a vector", () => tf.tensor1d(tf.argMax(tf.tensor1d([1, 3, 2])).shape), []],
  [
    "a gradient goes through where the output is NaN",
    () => convolutionGradients([nan, 1, -1, 2], [5, 6, 7, 8])[0]!,
    [5, 6, 0, 8],
  ],
  [
    "a gradient that is not finite stops where the ReLU was off",
    () => convolutionGradients([-1, 1, -1, 2], [nan, 6, inf, 8])[0]!,
    [0, 6, 0, 8],
  ],
  [
    "and is not in the gradient of the bias",
    () => convolutionGradients([-1, 1, -1, 2], [nan, 6, inf, 8])[2]!,
    [14],
  ],
  ["nor in that of the filter", () => convolutionGradients([-1, 1, -1, 2], [nan, 6, inf, 8])[1]!, [22]],
  [
    "a gradient of NaN reaches the filter",
    () => convolutionGradients([1, 1, 1, 1], [nan, 6, 7, 8])[1]!,
    [nan],
  ],

  [
    "batchNorm, NaN in one channel of two",
    () =>
      normalised([
        [1, nan],
        [3, 5],
      ]).y,
    [-1, nan, 1, nan],
  ],
  [
    "batchNorm with a ReLU, NaN",
    () =>
      normalised(
        [
          [1, nan],
          [3, 5],
        ],
        "relu",
      ).y,
    [0, nan, 1, nan],
  ],
  [
    "batchNorm of Infinity",
    () =>
      normalised([
        [1, inf],
        [3, 5],
      ]).y,
    [-1, nan, 1, nan],
  ],
  [
    "the mean of Infinity",
    () =>
      normalised([
        [inf, 2, -inf],
        [3, inf, 1],
        [1, 1, 2],
      ]).mean,
    [inf, inf, -inf],
  ],
  ["the mean of two infinities", () => normalised([[inf], [3], [-inf]]).mean, [nan]],
  [
    "the variance of Infinity",
    () =>
      normalised([
        [1, inf],
        [3, 5],
      ]).variance,
    [1, nan],
  ],
  ["batchNorm of one row", () => normalised([[7, -3]]).y, [0, 0]],
  ["the variance of one row", () => normalised([[7, -3]]).variance, [0, 0]],
  ["the variance of equal values", () => normalised([[0.1], [0.1], [0.1]]).variance, [0]],
  [
    "batchNorm with a ReLU after adding what is not finite",
    () => normalised([[1], [3], [1], [3]], "relu", [[nan], [inf], [-inf], [5]]).y,
    [nan, inf, 0, 6],
  ],
  [
    "batchNorm's gradient by what was added goes through where the output is NaN, and stops where the ReLU was off",
    () => normalisedGradients([[1], [3], [1], [3]], [[nan], [inf], [-5], [-9]], [[5], [6], [nan], [inf]])[3]!,
    [5, 6, 0, 0],
  ],
  [
    "batchNorm's gradient by the offset",
    () => normalisedGradients([[1], [3], [1], [3]], [[nan], [inf], [-5], [-9]], [[5], [6], [nan], [inf]])[2]!,
    [11],
  ],
  [
    "batchNorm's gradients of a gradient of NaN, in its channel alone",
    () =>
      normalisedGradients(
        [
          [1, 1],
          [3, 3],
        ],
        [
          [9, 9],
          [9, 9],
        ],
        [
          [nan, 1],
          [1, 3],
        ],
      )[1]!,
    [nan, 2],
  ],
  [
    "batchNormInference with a variance of Infinity and a mean of NaN",
    () =>
      batchNormInference(
        tf.tensor2d([[1, 2, inf]]),
        tf.ones([3]),
        bias(4, 5, 6),
        bias(0, nan, 0),
        bias(inf, 1, 1),
        { activation: "relu" },
      ),
    [4, nan, inf],
  ],

  ["dropout", () => dropout(tf.tensor1d([nan, 1]), 0, stream(0, "mask")), [nan, 1]],
  [
    "avgPool's gradient at a padded border, which is the difference quotient",
    () => tf.grad((x) => tf.sum(tf.avgPool(x as tf.Tensor4D, 2, 2, "same")))(tf.zeros([1, 3, 3, 1])),
    [0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1],
  ],
  [
    "depthwise conv2d's gradient for the filter",
    () =>
      tf.grad((f) => tf.sum(tf.depthwiseConv2d(ones(1, 5, 5, 2), f as tf.Tensor4D, 1, "same")))(
        ones(3, 3, 2, 1),
      ),
    [16, 16, 20, 20, 16, 16, 20, 20, 25, 25, 20, 20, 16, 16, 20, 20, 16, 16],
  ],
];

/** The gradient of a pooling's only output. */
const image4 = (value: number) => tf.tensor4d([value], [1, 1, 1, 1]);

/** What lay in the memory that the next tensors get. */
const litter = () => tf.dispose(tf.fill([4096], 5));

await eachEngine((engine) => {
  describe("gives PyTorch's value", () => {
    test.each(rows)("%s", async (_, compute, expected) => {
      const result = tf.tidy(compute);
      const actual = [...(await result.data())];
      result.dispose();
      expect(actual).toHaveLength(expected.length);
      for (const [i, value] of expected.entries()) {
        if (Number.isFinite(value)) expect(actual[i]).toBeCloseTo(value, 5);
        else expect(actual[i]).toBe(value);
      }
    });

    test("for an update by a gradient of NaN", async () => {
      const weights = tf.variable(tf.tensor1d([1, 2]));
      sgdStep(weights, tf.tensor1d([nan, 0]), undefined, {
        learningRate: 0.1,
        momentum: 0,
        nesterov: false,
        weightDecay: 0,
      });
      expect([...(await weights.data())]).toEqual([nan, 2]);
      const moments = { mean: tf.variable(tf.zeros([2])), square: tf.variable(tf.zeros([2])) };
      const other = tf.variable(tf.tensor1d([1, 2]));
      const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 };
      adamStep(other, tf.tensor1d([nan, 0]), moments, adam);
      expect([...(await other.data())]).toEqual([nan, 2]);
      tf.dispose([weights, other, moments.mean, moments.square]);
    });
  });

  describe("a batch without images", () => {
    test("has an output without images, and gradients of 0", async () => {
      litter();
      const x = tf.zeros([0, 3, 3, 1]) as tf.Tensor4D;
      const filter = ones(3, 3, 1, 2);
      expect(convBiasRelu(x, filter, bias(0, 0)).shape).toEqual([0, 1, 1, 2]);
      expect(tf.conv2d(x, filter, 1, "same").shape).toEqual([0, 3, 3, 2]);
      expect(tf.maxPool(x, 2, 1, "valid").shape).toEqual([0, 2, 2, 1]);
      expect(tf.avgPool(x, 2, 1, "valid").shape).toEqual([0, 2, 2, 1]);
      const gradients = tf.grads((x, f, b) =>
        convBiasRelu(x as tf.Tensor4D, f as tf.Tensor4D, b as tf.Tensor1D),
      )([x, filter, bias(1, 2)], tf.zeros([0, 1, 1, 2]));
      expect(gradients[0]!.shape).toEqual([0, 3, 3, 1]);
      expect([...(await gradients[1]!.data())]).toEqual(new Array(18).fill(0));
      expect([...(await gradients[2]!.data())]).toEqual([0, 0]);
      const stock = tf.grad((f) => tf.conv2d(x, f as tf.Tensor4D, 1, "same"))(filter, tf.zeros([0, 3, 3, 2]));
      expect([...(await stock.data())]).toEqual(new Array(18).fill(0));
      for (const one of [tf.maxPool, tf.avgPool]) {
        const dx = tf.grad((x) => one(x as tf.Tensor4D, 2, 1, "valid"))(x, tf.zeros([0, 2, 2, 1]));
        expect(dx.shape).toEqual([0, 3, 3, 1]);
      }
    });

    test("has a gradient through resize", () => {
      const resized = (x: tf.Tensor) => resize(x as tf.Tensor4D, [2, 4]);
      const x = tf.zeros([0, 3, 3, 1]);
      expect(resized(x).shape).toEqual([0, 2, 4, 1]);
      expect(tf.grad(resized)(x, tf.zeros([0, 2, 4, 1])).shape).toEqual([0, 3, 3, 1]);
    });

    test("has no statistics, but is normalised by given ones", () => {
      const x = tf.zeros([0, 3, 3, 2]);
      expect(() => batchNorm(x, bias(1, 1), bias(0, 0))).toThrow(
        "batchNorm: expected at least one value for each channel, got x [0,3,3,2]",
      );
      const given = (x: tf.Tensor) =>
        batchNormInference(x, bias(1, 1), bias(0, 0), bias(0, 0), bias(1, 1), { activation: "relu", add: x });
      expect(given(x).shape).toEqual([0, 3, 3, 2]);
    });

    test("has no mean loss", () => {
      const loss = () => softmaxCrossEntropy(tf.zeros([0, 3]) as tf.Tensor2D, tf.tensor1d([], "int32"));
      expect(loss).toThrow("softmaxCrossEntropy: expected at least one example and one class, got [0,3]");
    });
  });

  describe("refuses", () => {
    test.each([-1, 3, 2 ** 31 - 1])("label %s of three classes, and names the example", (label) => {
      const logits = tf.zeros([4, 3]) as tf.Tensor2D;
      expect(() => softmaxCrossEntropy(logits, tf.tensor1d([0, 1, label, 2], "int32"))).toThrow(
        `softmaxCrossEntropy: expected labels from 0 to 2, got ${label} for example 2`,
      );
    });

    test("images of whole numbers where only floats compute", () => {
      const pixels = tf.tensor4d([10, 20, 30, 40], [1, 2, 2, 1], "int32");
      expect(() => convBiasRelu(pixels, ones(2, 2, 1, 1), bias(0))).toThrow(
        'convBiasRelu: expected x as float32, got int32; convert it with tf.cast(x, "float32")',
      );
      expect(() => tf.conv2d(pixels, ones(2, 2, 1, 1), 1, "valid")).toThrow("float32");
      expect(() => dropout(pixels, 0.5, stream(0, "mask"))).toThrow("expected x as float32, got int32");
      expect(() => batchNorm(pixels, bias(1), bias(0))).toThrow(
        'batchNorm: expected x as float32, got int32; convert it with tf.cast(x, "float32")',
      );
      expect(() =>
        batchNormInference(ones(1, 2, 2, 1), bias(1), bias(0), bias(0), tf.ones([1], "bool")),
      ).toThrow("batchNormInference: expected variance as float32, got bool");
    });

    test("an update whose gradient has another shape than the weights", () => {
      const weights = tf.variable(tf.ones([2, 2]));
      const options = { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 };
      expect(() => sgdStep(weights, tf.ones([2]), undefined, options)).toThrow(
        "sgdStep: expected gradient [2,2], the shape of the weights, got [2]",
      );
      weights.dispose();
    });

    test("images without pixels", () => {
      expect(() => resizeLevels(tf.zeros([1, 0, 4, 1], "int32") as tf.Tensor4D, [2, 2])).toThrow(
        "resizeLevels: expected images of at least one pixel and channel, got [1,0,4,1]",
      );
    });

    test("two different batches of matrices, which tfjs's own kernels pair wrongly", () => {
      expect(() => tf.matMul(tf.ones([2, 1, 3, 3]), tf.ones([1, 3, 3, 3]))).toThrow(
        "expected two batches of the same sizes, or a single matrix beside a batch, got [2,1,3,3] and [1,3,3,3]",
      );
      expect(tf.matMul(tf.ones([2, 1, 3, 3]), tf.ones([3, 3])).shape).toEqual([2, 1, 3, 3]);
    });
  });

  test.runIf(engine.name === "webgpu")(
    "an invalid label that is only on the GPU makes the loss NaN",
    async () => {
      // Computed there, so that the host has none of its numbers.
      const labels = tf.add(tf.tensor1d([0, 2], "int32"), tf.tensor1d([0, 3], "int32")) as tf.Tensor1D;
      expect([...(await softmaxCrossEntropy(tf.zeros([2, 3]), labels).data())]).toEqual([nan]);
    },
  );
});
