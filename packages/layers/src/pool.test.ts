// Pooling, and above all ceil mode, which tfjs lacks: checked against a plain loop of PyTorch's rule for every small size.
import { tf, useEngine } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { conv2d } from "./conv2d.js";
import { avgPool, globalAvgPool, maxPool } from "./pool.js";
import { sequential } from "./sequential.js";

await useEngine("cpu");

/** Max pooling in ceil mode, pixel by pixel; the windows that fit the image at all. */
const ceilPool = (image: number[][], window: number, stride: number): number[][] => {
  const sides = [image.length, image[0]!.length].map((size) => {
    const windows = Math.ceil((size - window) / stride) + 1;
    return (windows - 1) * stride >= size ? windows - 1 : windows;
  }) as [number, number];
  return Array.from({ length: sides[0] }, (_, i) =>
    Array.from({ length: sides[1] }, (_, j) =>
      Math.max(
        ...image
          .slice(i * stride, i * stride + window)
          .flatMap((row) => row.slice(j * stride, j * stride + window)),
      ),
    ),
  );
};

describe("maxPool", () => {
  test("takes floor((n - size) / stride) + 1 windows and the largest value of each", async () => {
    const model = sequential({ inputShape: [6, 6, 1] }, [maxPool(3, { stride: 2 })]);
    const y = model.apply(tf.range(0, 36).reshape([1, 6, 6, 1])) as tf.Tensor;
    expect(y.shape).toEqual([1, 2, 2, 1]);
    expect(Array.from(await y.data())).toEqual([14, 16, 26, 28]);
  });

  test.each([
    [3, 2],
    [2, 2],
    [2, 1],
    [1, 2],
  ])(
    "ceil with window %i and stride %i keeps the window over the edge, for every small height and width",
    async (size, stride) => {
      const least = Math.max(size - stride + 1, 1);
      let cases = 0;
      for (let height = least; height <= 8; height++) {
        for (let width = least; width <= 8; width++) {
          // Negative pixels show that what is added at the edge counts as nothing, not as zero.
          const image = tf.randomNormal(
            [height, width],
            -2,
            1,
            "float32",
            10 * height + width,
          ) as tf.Tensor2D;
          const model = sequential({ inputShape: [height, width, 1] }, [
            maxPool(size, { stride, ceil: true }),
          ]);
          const y = model.apply(image.reshape([1, height, width, 1])) as tf.Tensor4D;
          const expected = ceilPool(await image.array(), size, stride);
          expect(await y.squeeze<tf.Tensor2D>([0, 3]).array(), `${height}x${width}`).toEqual(expected);
          cases++;
        }
      }
      expect(cases).toBe((9 - least) ** 2);
    },
  );

  test("ceil breaks ties as one pooling would where the sides differ in parity: first row first", async () => {
    const model = sequential({ inputShape: [3, 2, 1] }, [maxPool(3, { stride: 2, ceil: true })]);
    const gradient = tf.grad((x) => tf.sum(model.apply(x) as tf.Tensor))(
      tf.tensor4d([0, 1, 1, 1, 0, 1], [1, 3, 2, 1]),
    );
    expect(model.layers).toHaveLength(2);
    expect(Array.from(await gradient.data())).toEqual([0, 1, 0, 0, 0, 0]);
  });

  test("ceil in a plain tf.sequential works on sides of equal parity and explains itself on others", () => {
    const add = (height: number, width: number) => {
      const model = tf.sequential();
      const [layer] = maxPool(3, { stride: 2, ceil: true });
      layer!.batchInputShape = [null, height, width, 1];
      model.add(layer!);
      return model.outputShape;
    };
    expect(add(28, 32)).toEqual([null, 14, 16, 1]);
    expect(add(7, 9)).toEqual([null, 3, 4, 1]);
    expect(() => add(28, 27)).toThrow("got 28x27");
  });

  test("ceil is an error where no padding of tfjs gives its size", () => {
    expect(() => sequential({ inputShape: [7, 7, 1] }, [maxPool(5, { stride: 4, ceil: true })])).toThrow(
      "ceil with window 5 and stride 4 on 7 pixels has no padding in tfjs",
    );
  });

  test("names a wrong argument", () => {
    expect(() => maxPool(0)).toThrow("maxPool: expected size to be a whole number from 1 up, got 0");
  });
});

test("avgPool takes the mean of each window", async () => {
  const model = sequential({ inputShape: [4, 4, 1] }, [avgPool(2)]);
  const y = model.apply(tf.range(0, 16).reshape([1, 4, 4, 1])) as tf.Tensor;
  expect(Array.from(await y.data())).toEqual([2.5, 4.5, 10.5, 12.5]);
});

test("globalAvgPool makes one mean of each map", async () => {
  const model = sequential({ inputShape: [2, 2, 2] }, [globalAvgPool()]);
  const y = model.apply(tf.tensor4d([1, 10, 2, 20, 3, 30, 6, 60], [1, 2, 2, 2])) as tf.Tensor;
  expect(Array.from(await y.data())).toEqual([3, 30]);
});

describe("a layer whose window is larger than its image says so when it is built", () => {
  test.each([
    ["maxPool", () => maxPool(6), "maxPool: expected images of at least 6x6, the window, got 4x4"],
    [
      "maxPool with ceil",
      () => maxPool(9, { ceil: true, stride: 2 }),
      "maxPool: expected images of at least 9x9",
    ],
    [
      "avgPool",
      () => avgPool(5, { stride: 2 }),
      "avgPool: expected images of at least 5x5, the window, got 4x4",
    ],
    [
      "conv2d",
      () => conv2d(1, { kernel: 6 }),
      "conv2d: expected images of at least 6x6, the window, got 4x4",
    ],
  ])("%s", (_, layers, message) => {
    const build = () => {
      const input = tf.input({ shape: [4, 4, 1] });
      return layers().reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
    };
    expect(build).toThrow(message);
  });
});
