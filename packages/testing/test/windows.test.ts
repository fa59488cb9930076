// Windows of convolutions and poolings at the edge of what is possible, on every engine.
import { convBiasRelu, tf } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

type Shape = [number, number, number, number];
const ones = (...shape: Shape): tf.Tensor4D => tf.ones(shape);
const ramp = (...shape: Shape): tf.Tensor4D => tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape);

const pools = { maxPool: tf.maxPool, avgPool: tf.avgPool };

const impossible: [what: string, compute: () => tf.Tensor][] = [
  ...Object.entries(pools).flatMap(([name, pool]): [string, () => tf.Tensor][] => [
    [`${name} larger than the image`, () => pool(ones(1, 4, 4, 3), 6, 1, "valid")],
    [`${name} one pixel larger than the image`, () => pool(ones(1, 4, 4, 3), 5, 2, "valid")],
    [`${name} wider than the image`, () => pool(ones(1, 4, 4, 3), [1, 5], 1, "valid")],
    [`${name} larger than the padded image`, () => pool(ones(1, 4, 4, 3), 7, 3, 1)],
    [`${name} whose first window is all padding`, () => pool(ones(1, 4, 4, 3), 2, 1, 2)],
    [`${name} whose last window is outside`, () => pool(ones(1, 4, 4, 3), 1, 2, 0, "ceil")],
    [`${name} of stride 0`, () => pool(ones(1, 4, 4, 3), 2, 0, "valid")],
    [`${name} of no pixels`, () => pool(ones(1, 4, 4, 3), 0, 1, "valid")],
    [`${name} of images without pixels`, () => pool(tf.zeros([1, 0, 0, 3]) as tf.Tensor4D, 1, 1, "valid")],
  ]),
  ["conv2d larger than the image", () => tf.conv2d(ones(1, 4, 4, 1), ones(6, 6, 1, 1), 1, "valid")],
  ["conv2d higher than the padded image", () => tf.conv2d(ones(1, 4, 4, 1), ones(7, 3, 1, 1), 1, 1)],
  [
    "conv2d with gaps, larger than the image",
    () => tf.conv2d(ones(1, 4, 4, 1), ones(3, 3, 1, 1), 1, "valid", "NHWC", 2),
  ],
  [
    "conv2d without filters",
    () => tf.conv2d(ones(1, 4, 4, 1), tf.zeros([2, 2, 1, 0]) as tf.Tensor4D, 1, "valid"),
  ],
  [
    "depthwiseConv2d larger than the image",
    () => tf.depthwiseConv2d(ones(1, 4, 4, 2), ones(6, 6, 2, 1), 1, "valid"),
  ],
  [
    "convBiasRelu larger than the image",
    () => convBiasRelu(ones(1, 4, 4, 1), ones(6, 6, 1, 1), tf.zeros([1]) as tf.Tensor1D),
  ],
  [
    "convBiasRelu with less than no padding",
    () => convBiasRelu(ones(1, 4, 4, 1), ones(2, 2, 1, 1), tf.zeros([1]) as tf.Tensor1D, { pad: -1 }),
  ],
  [
    "a stock pooling layer",
    () => tf.layers.maxPooling2d({ poolSize: 6 }).apply(ones(1, 4, 4, 1)) as tf.Tensor,
  ],
  [
    "a stock convolution layer",
    () => tf.layers.conv2d({ filters: 1, kernelSize: 6 }).apply(ones(1, 4, 4, 1)) as tf.Tensor,
  ],
];

/** Windows and strides that are not square, for which stock tfjs takes a number of padding wrongly. */
const oblong: [x: Shape, filter: Shape, strides: [number, number], pad: number][] = [
  [[1, 6, 6, 1], [3, 2, 1, 2], [1, 1], 1],
  [[2, 7, 5, 3], [1, 4, 3, 2], [1, 1], 2],
  [[1, 8, 9, 2], [3, 3, 2, 1], [2, 1], 1],
  [[1, 5, 9, 2], [2, 4, 2, 3], [1, 3], 1],
];

const close = async (actual: tf.Tensor, expected: tf.Tensor): Promise<void> => {
  expect(actual.shape).toEqual(expected.shape);
  expect(await actual.data()).toBeAllclose(await expected.data(), { rtol: 1e-4, atol: 1e-3 });
};

await eachEngine(() => {
  describe("refuses", () => {
    test.each(impossible)("%s, and leaves other tensors alone", async (_, compute) => {
      const others = tf.fill([5000], 5);
      expect(() => tf.tidy(compute)).toThrow(/expected (a window|each window|windows|a filter)/);
      expect(new Set(await others.data())).toEqual(new Set([5]));
      others.dispose();
    });
  });

  describe("a number of padding pads all four sides, whatever the window", () => {
    test.each(oblong)("conv2d of %j by %j, strides %j, padding %s", async (x, filter, strides, pad) => {
      const [image, weights] = [ramp(...x), ramp(...filter)];
      const sides: tf.backend_util.ExplicitPadding = [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ];
      const fused = convBiasRelu(image, weights, tf.zeros([filter[3]]), {
        strides,
        pad,
        activation: "linear",
      });
      await close(tf.conv2d(image, weights, strides, pad), fused);
      await close(tf.conv2d(image, weights, strides, sides), fused);
      const gradients = (pad: number | tf.backend_util.ExplicitPadding) =>
        tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad))(
          [image, weights],
          fused,
        );
      const [numeric, explicit] = [gradients(pad), gradients(sides)];
      for (const i of [0, 1]) await close(numeric[i]!, explicit[i]!);
    });

    const [window, strides]: [number, number][] = [
      [2, 3],
      [1, 2],
    ];
    const around = (x: tf.Tensor4D) =>
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]) as tf.Tensor4D;

    test("maxPool of values from 0 up, which zero padding does not change", async () => {
      const image = ramp(1, 6, 5, 2);
      await close(
        tf.maxPool(image, window!, strides!, 1),
        tf.maxPool(around(image), window!, strides!, "valid"),
      );
    });

    test("avgPool, which divides by the pixels that each window has inside the image", async () => {
      const image = ramp(1, 6, 5, 2);
      const mean = (x: tf.Tensor4D) => tf.avgPool(around(x), window!, strides!, "valid");
      await close(tf.avgPool(image, window!, strides!, 1), tf.div(mean(image), mean(tf.onesLike(image))));
    });
  });

  test("dimRoundingMode ceil rounds sizes up, and no value outside the image is read", async () => {
    // 4 pixels, window 3, stride 2: two windows, the second over the edge.
    const y = tf.conv2d(ones(1, 4, 4, 1), ones(3, 3, 1, 1), 2, 0, "NHWC", 1, "ceil");
    expect([...(await y.data())]).toEqual([9, 6, 6, 4]);
    const mean = tf.avgPool(ones(1, 4, 4, 1), 3, 2, 0, "ceil");
    expect([...(await mean.data())]).toEqual([1, 1, 1, 1]);
  });
});
