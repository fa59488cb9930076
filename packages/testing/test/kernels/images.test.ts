// Depthwise convolutions, batch normalisation, resizing and response normalisation, forward and gradient, against the cpu backend or, where tfjs is
// wrong or has nothing, against the same in other operations.
import { tf, useEngine } from "@mlpconv/tensor";
import { describe, expect, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

type Shape4D = [number, number, number, number];
type Pad = Parameters<typeof tf.depthwiseConv2d>[3];
type Case = [
  name: string,
  x: Shape4D,
  filter: [number, number, number],
  strides: number | [number, number],
  pad: Pad,
];

const sides = (top: number, bottom: number, left: number, right: number): Pad => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

const cases: Case[] = [
  ["3x3, whole vectors of channels", [2, 9, 11, 32], [3, 3, 1], 1, "same"],
  ["3x3, channels that fill no vector", [2, 7, 9, 3], [3, 3, 1], 1, "same"],
  ["3x3, one channel", [1, 7, 13, 1], [3, 3, 1], 1, "same"],
  ["3x3, channels left over", [2, 8, 10, 21], [3, 3, 1], 1, "valid"],
  ["3x3, channels left over, stride 2", [2, 9, 16, 37], [3, 3, 1], 2, "same"],
  ["5x5", [2, 11, 12, 18], [5, 5, 1], 1, "same"],
  ["5x5, stride 2", [2, 12, 19, 20], [5, 5, 1], 2, 2],
  ["7x7", [1, 13, 15, 17], [7, 7, 1], 1, 3],
  ["1x1", [2, 5, 7, 19], [1, 1, 1], 1, "valid"],
  ["3x1, stride 3", [2, 10, 11, 16], [3, 1, 1], 3, "valid"],
  ["2x4, different strides", [2, 9, 16, 20], [2, 4, 1], [1, 2], "same"],
  ["padding wider than the window", [1, 4, 5, 16], [3, 3, 1], 1, 4],
  ["explicit padding, each side another", [2, 6, 12, 16], [3, 3, 1], 1, sides(2, 0, 1, 3)],
  ["explicit padding with strides", [2, 6, 14, 16], [3, 5, 1], [2, 3], sides(0, 1, 2, 1)],
  ["a window as large as the image", [3, 3, 5, 16], [3, 5, 1], 1, "valid"],
  ["one pixel", [4, 1, 1, 20], [3, 3, 1], 1, "same"],
  ["two outputs a channel", [2, 9, 11, 16], [3, 3, 2], 1, "same"],
  ["three outputs a channel, stride 2", [2, 20, 11, 7], [5, 5, 3], 2, "same"],
  ["many outputs of one channel", [2, 9, 11, 1], [3, 3, 24], 1, "valid"],
  ["more rows than are summed at once", [5, 40, 36, 16], [3, 3, 1], 1, "same"],
  ["no images", [0, 5, 7, 16], [3, 3, 1], 1, "same"],
];

/** The depthwise convolution in other words: each tap is a slice of the padded image times a row of weights. */
const inOtherWords = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  dilation: number,
  stride: number,
  padding: number,
): tf.Tensor => {
  const [height, width, channels, multiplier] = filter.shape;
  const padded = tf.pad(x, [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ]);
  const reach = [1, 2].map((i) => padded.shape[i]! - ([height, width][i - 1]! - 1) * dilation);
  const terms: tf.Tensor[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const part = tf.slice(
        padded,
        [0, i * dilation, j * dilation, 0],
        [x.shape[0], reach[0]!, reach[1]!, channels],
      );
      // Every stride-th pixel, by a gather, whose gradient tfjs has.
      const every = (size: number) => tf.range(0, size, stride, "int32");
      const thin = tf.gather(tf.gather(part, every(reach[0]!), 1), every(reach[1]!), 2);
      const weights = tf.reshape(tf.slice(filter, [i, j, 0, 0], [1, 1, -1, -1]), [channels, multiplier]);
      const products = tf.mul(tf.expandDims(thin, 4), weights);
      terms.push(tf.reshape(products, [...thin.shape.slice(0, 3), channels * multiplier]));
    }
  }
  return tf.addN(terms);
};

await eachEngine((engine) => {
  describe("a depthwise convolution and its gradients equal the cpu backend's", () => {
    it.each(cases)("%s: %j, filter %j, stride %j, padding %j", async (_, x, filter, strides, pad) => {
      const filterShape: Shape4D = [filter[0], filter[1], x[3], filter[2]];
      await expectAsOnCpu(() =>
        tf.depthwiseConv2d(tensor<tf.Rank.R4>(x, 1), tensor<tf.Rank.R4>(filterShape, 2), strides, pad),
      );
      await expectAsOnCpu(() =>
        tf.grads((a, b) => {
          const y = tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad);
          return tf.mul(y, tensor<tf.Rank.R4>(y.shape, 3)).sum();
        })([tensor(x, 1), tensor(filterShape, 2)]),
      );
    });

    it.each(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const)(
      "fused with a bias and %s, as conv2d is",
      async (activation) => {
        for (const biasShape of [[20], [1], [9, 1]]) {
          const options = () => ({
            x: tensor<tf.Rank.R4>([2, 6, 9, 20], 1),
            filter: tensor<tf.Rank.R4>([3, 3, 20, 1], 2),
            strides: 1,
            pad: "same" as const,
            bias: tensor(biasShape, 3),
            activation,
            leakyreluAlpha: 0.3,
            ...(activation === "prelu" ? { preluActivationWeights: tensor([20], 4) } : {}),
          });
          await expectAsOnCpu(() => tf.fused.depthwiseConv2d(options()));
          if (biasShape.length > 1) continue;
          const filter = () => tensor<tf.Rank.R4>([3, 3, 20, 20], 2);
          await expectAsOnCpu(() => tf.fused.conv2d({ ...options(), filter: filter() }));
        }
      },
    );

    it("passes NaN and infinity to the windows that have them, and to no other", async () => {
      const x = tf.fill([1, 6, 9, 20], 1).arraySync() as number[][][][];
      x[0]![2]![4]![3] = Number.NaN;
      x[0]![4]![7]![19] = Number.POSITIVE_INFINITY;
      const y = tf.fused.depthwiseConv2d({
        x: tf.tensor4d(x),
        filter: tf.ones([3, 3, 20, 1]),
        strides: 1,
        pad: "same",
        activation: "relu",
      });
      const values = (await y.array()) as number[][][][];
      values[0]!.forEach((row, i) => {
        row.forEach((pixel, j) => {
          pixel.forEach((value, c) => {
            const near = (y: number, x: number) => Math.abs(i - y) <= 1 && Math.abs(j - x) <= 1;
            if (c === 3 && near(2, 4)) expect(value).toBeNaN();
            else if (c === 19 && near(4, 7)) expect(value).toBe(Number.POSITIVE_INFINITY);
            else expect(Number.isFinite(value)).toBe(true);
          });
        });
      });
    });

    it.each([
      [[2, 13, 15, 20], [3, 3, 1], 2, 1, 2],
      [[2, 13, 15, 5], [3, 3, 2], 3, 1, 1],
      [[1, 17, 19, 16], [5, 5, 1], 2, 1, 4],
      [[1, 17, 19, 16], [3, 3, 1], 2, 2, 0],
    ] as const)(
      "with dilation, where tfjs has no gradient: %j, filter %j, dilation %i, stride %i, padding %i",
      async (shape, [height, width, multiplier], dilation, stride, padding) => {
        const [x, w] = [
          tensor<tf.Rank.R4>([...shape], 1),
          tensor<tf.Rank.R4>([height, width, shape[3], multiplier], 2),
        ];
        const expected = inOtherWords(x, w, dilation, stride, padding);
        const attributes = {
          strides: [stride, stride],
          pad: sides(padding, padding, padding, padding),
          dilations: [dilation, dilation],
        };
        const run = (name: string, inputs: tf.NamedTensorMap, more = {}) =>
          tf
            .engine()
            .runKernel(name, inputs, { ...attributes, ...more } as unknown as tf.NamedAttrMap) as tf.Tensor;
        const y = run("DepthwiseConv2dNative", { x, filter: w });
        expect(y.shape).toEqual(expected.shape);
        expect(await y.data()).toBeAllclose(await expected.data(), { rtol: 1e-5, atol: 1e-5 });
        const dy = tensor(expected.shape, 3);
        const [dx, dw] = tf.grads((a, b) =>
          inOtherWords(a as tf.Tensor4D, b as tf.Tensor4D, dilation, stride, padding),
        )([x, w], dy);
        const mine = run("DepthwiseConv2dNativeBackpropInput", { dy, filter: w }, { inputShape: x.shape });
        expect(await mine.data()).toBeAllclose(await dx!.data(), { rtol: 1e-5, atol: 1e-5 });
        const filter = run("DepthwiseConv2dNativeBackpropFilter", { x, dy }, { filterShape: w.shape });
        expect(await filter.data()).toBeAllclose(await dw!.data(), { rtol: 1e-5, atol: 1e-4 });
      },
    );

    it("refuses what does not fit", () => {
      const run = (name: string, inputs: tf.NamedTensorMap, attributes: object) =>
        tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap);
      const x = tensor<tf.Rank.R4>([1, 6, 6, 4], 1);
      const plain = { strides: [1, 1], pad: "valid" };
      expect(() => run("DepthwiseConv2dNative", { x, filter: tensor([3, 3, 5, 1], 2) }, plain)).toThrow(
        "[height, width, 4, multiplier]",
      );
      expect(() =>
        run("DepthwiseConv2dNative", { x, filter: tensor([3, 3, 4, 1], 2) }, { ...plain, dilations: [0, 1] }),
      ).toThrow(/dilations of whole pixels/);
      expect(() =>
        run(
          "DepthwiseConv2dNativeBackpropFilter",
          { x, dy: tensor([1, 6, 6, 4], 2) },
          { ...plain, filterShape: [3, 3, 4, 1] },
        ),
      ).toThrow("expected dy [1,4,4,4], got [1,6,6,4]");
      expect(() =>
        run("FusedDepthwiseConv2D", { x, filter: tensor([3, 3, 4, 1], 2) }, { ...plain, activation: "gelu" }),
      ).toThrow("expected an activation among linear, relu");
    });
  });

  describe("depthwise and separable layers", () => {
    it.each(["depthwise", "separable"] as const)(
      "%s: a step of training equals the cpu backend's",
      async (kind) => {
        const step = async () => {
          const input = tf.input({ shape: [8, 8, 6] });
          const init = { depthwiseInitializer: tf.initializers.constant({ value: 0.125 }) };
          const layer =
            kind === "depthwise"
              ? tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: "relu", ...init })
              : tf.layers.separableConv2d({
                  filters: 4,
                  kernelSize: 3,
                  activation: "relu",
                  pointwiseInitializer: tf.initializers.constant({ value: 0.25 }),
                  ...init,
                });
          const pooled = tf.layers.globalAveragePooling2d({}).apply(layer.apply(input)) as tf.SymbolicTensor;
          const model = tf.model({ inputs: input, outputs: pooled });
          model.compile({ optimizer: tf.train.sgd(0.5), loss: "meanSquaredError" });
          const [x, y] = [tensor([4, 8, 8, 6], 1), tf.ones(pooled.shape.map((size) => size ?? 4))];
          const losses = [await model.trainOnBatch(x, y), await model.trainOnBatch(x, y)] as number[];
          return [...losses, ...model.getWeights().flatMap((weight) => [...weight.dataSync()])];
        };
        const actual = await step();
        await useEngine("cpu");
        const expected = await step().finally(() => tf.setBackend(engine.tfjsName));
        expect(actual).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-5 });
        expect(actual[1]).not.toBe(actual[0]);
      },
    );
  });

  describe("batch normalisation", () => {
    const op = (x: tf.Tensor, ...[mean, variance, offset, scale]: tf.Tensor[]) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.add(tf.square(variance!), 0.1) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      );
    it.each([
      [[3, 4, 5, 7], [7]],
      [[2, 9, 9, 33], [33]],
      [[40, 40, 3, 1], [1]],
      [[7, 600], [600]],
      [
        [2, 3, 4, 5],
        [2, 3, 4, 5],
      ],
      [[0, 3, 4, 5], [5]],
      [[70, 20, 20, 3], [3]],
    ])("of %j with statistics %j and its gradients equal the cpu backend's", async (shape, statistics) => {
      for (const count of [2, 4]) {
        const inputs = () => [
          tensor(shape, 0),
          ...Array.from({ length: count }, (_, i) => tensor(statistics, i + 1)),
        ];
        await expectAsOnCpu(() => op(...(inputs() as [tf.Tensor])));
        // tfjs has no gradient without a scale, for other ranks, or without images.
        if (count === 4 && shape.length === 4 && shape[0] !== 0)
          await expectAsOnCpu(() =>
            tf.grads((...all) => {
              const y = op(...(all as [tf.Tensor]));
              return tf.mul(y, tensor(y.shape, 9)).sum();
            })(inputs()),
          );
      }
    });

    it("with statistics of the batch trains as on the cpu backend", async () => {
      const step = async () => {
        const model = tf.sequential();
        model.add(tf.layers.batchNormalization({ inputShape: [5, 5, 6] }));
        model.add(tf.layers.globalMaxPooling2d({}));
        model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
        for (let i = 0; i < 3; i++) await model.trainOnBatch(tensor([4, 5, 5, 6], i), tf.ones([4, 6]));
        return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
      };
      const actual = await step();
      await useEngine("cpu");
      const expected = await step().finally(() => tf.setBackend(engine.tfjsName));
      expect(actual).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 });
    });
  });

  describe("resizing", () => {
    const ways = [
      [false, false],
      [true, false],
      [false, true],
    ] as const;
    const sizes: [Shape4D, [number, number]][] = [
      [
        [2, 4, 5, 3],
        [7, 8],
      ],
      [
        [2, 9, 7, 20],
        [18, 13],
      ],
      [
        [1, 17, 16, 33],
        [5, 6],
      ],
      [
        [1, 1, 1, 8],
        [3, 3],
      ],
      [
        [3, 5, 6, 4],
        [1, 1],
      ],
      [
        [0, 5, 6, 4],
        [3, 2],
      ],
      [
        [2, 6, 5, 1],
        [6, 5],
      ],
    ];
    it.each(sizes)("of %j to %j equals the cpu backend's, bilinear and nearest", async (shape, size) => {
      for (const [corners, half] of ways) {
        const x = () => tensor<tf.Rank.R4>(shape, 1);
        await expectAsOnCpu(() => tf.image.resizeBilinear(x(), size, corners, half));
        await expectAsOnCpu(() => tf.image.resizeNearestNeighbor(x(), size, corners, half));
        await expectAsOnCpu(() =>
          tf.image.resizeNearestNeighbor(tf.cast(tf.mul(x(), 64), "int32"), size, corners, half),
        );
      }
    });

    it.each(sizes.filter(([shape]) => shape[0] > 0))(
      "of %j to %j has the gradient of a linear map: the sum of dy * resize(x) is that of dx * x",
      async (shape, size) => {
        for (const [corners, half] of ways) {
          for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
            // Whole pixels at a time, which give the map's columns: exact for the few of these images.
            const x = tensor<tf.Rank.R4>(shape, 1);
            const y = resize(x, size, corners, half);
            const dy = tensor<tf.Rank.R4>(y.shape, 2);
            const dx = tf.grad((x) => resize(x as tf.Tensor4D, size, corners, half))(x, dy);
            expect(dx.shape).toEqual(shape);
            const other = tensor<tf.Rank.R4>(shape, 5);
            for (const each of [x, other]) {
              const left = tf
                .mul(dy, resize(each, size, corners, half))
                .sum()
                .dataSync()[0]!;
              const right = tf.mul(dx, each).sum().dataSync()[0]!;
              expect(right / Math.max(1, Math.abs(left))).toBeCloseTo(left / Math.max(1, Math.abs(left)), 4);
            }
          }
        }
      },
    );

    // The cpu backend's gradients are wrong elsewhere: bilinear for images that are not square, nearest for more than one, both for pixel centres.
    it("has the cpu backend's gradient where that is right", async () => {
      for (const corners of [false, true]) {
        await expectAsOnCpu(() =>
          tf.grad((x) =>
            tf.mul(tf.image.resizeBilinear(x as tf.Tensor4D, [7, 9], corners), tensor([2, 7, 9, 5], 3)).sum(),
          )(tensor([2, 5, 5, 5], 1)),
        );
        await expectAsOnCpu(() =>
          tf.grad((x) =>
            tf
              .mul(tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [7, 9], corners), tensor([1, 7, 9, 5], 3))
              .sum(),
          )(tensor([1, 5, 4, 5], 1)),
        );
      }
    });

    it("refuses sizes that are none", () => {
      const run = (size: number[]) =>
        tf.engine().runKernel("ResizeBilinear", { images: tensor([1, 4, 4, 2], 1) }, {
          size,
          alignCorners: false,
          halfPixelCenters: false,
        } as unknown as tf.NamedAttrMap);
      expect(() => run([0, 3])).toThrow("a size of whole pixels from 1 up, got [1,4,4,2] and [0,3]");
      expect(() => run([2.5, 3])).toThrow("whole pixels");
    });
  });

  it.each([
    [[2, 7, 9, 3], 0.4, 0, 0.5],
    [[1, 8, 8, 4], -2, [1, 2, 3, 4], [0.2, 0.9]],
    [[3, 5, 6, 20], 3, 0.5, 0.5],
    [[1, 6, 5, 1], 1e-3, [7, 0, 0], 0.5],
  ] as const)(
    "rotation of %j by %d, filled with %j, equals the cpu backend's",
    async (shape, radians, fill, center) => {
      await expectAsOnCpu(() =>
        tf.image.rotateWithOffset(
          tensor<tf.Rank.R4>([...shape], 1),
          radians,
          fill as number,
          center as number,
        ),
      );
    },
  );

  describe("local response normalisation and its gradient equal the cpu backend's", () => {
    it.each([
      [[2, 3, 4, 40], 2, 0.75],
      [[2, 3, 4, 17], 5, 0.75],
      [[1, 3, 4, 3], 5, 0.5],
      [[1, 3, 4, 8], 0, 1],
      [[1, 2, 2, 21], 1, 0.6],
      [[0, 2, 2, 5], 1, 0.75],
    ] as const)("%j, radius %i, beta %d", async (shape, radius, beta) => {
      const call = (x: tf.Tensor) => tf.localResponseNormalization(x as tf.Tensor4D, radius, 1.5, 0.3, beta);
      await expectAsOnCpu(() => call(tensor([...shape], 1)));
      await expectAsOnCpu(() =>
        tf.grad((x) => tf.mul(call(x), tensor([...shape], 2)).sum())(tensor([...shape], 1)),
      );
    });
  });
}, OWN_ENGINES);
