// Convolution layers: shapes as PyTorch has them, and values as stock tfjs has them.
import { tf, useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import { conv2d } from "./conv2d.js";
import { sequential } from "./sequential.js";

await useEngine("cpu");

const outputShape = (side: number, options: Parameters<typeof conv2d>[1]) =>
  sequential({ inputShape: [side, side, 2] }, [conv2d(3, options)]).outputShape;

describe("conv2d", () => {
  test.each([
    [{ kernel: 11, stride: 4 }, 224, 54],
    [{ kernel: 11, stride: 4, padding: 1 }, 224, 54],
    [{ kernel: 5, padding: 2 }, 26, 26],
    [{ kernel: 3, padding: 1 }, 13, 13],
    [{ kernel: 3, padding: 1, stride: 2 }, 14, 7],
    [{ kernel: 3, padding: 2 }, 10, 12],
    [{ kernel: 4, padding: 2 }, 10, 11],
    [{ kernel: 1 }, 7, 7],
    [{ kernel: 3, padding: "same" as const, stride: 2 }, 13, 7],
    [{ kernel: 3, padding: "valid" as const, stride: 3 }, 13, 4],
  ])("gives floor((n + 2p - k) / s) + 1 pixels: %o on %i gives %i", (options, side, expected) => {
    expect(outputShape(side, options)).toEqual([null, expected, expected, 3]);
  });

  test("pads with zeros on all four sides, also where tfjs's words would pad otherwise", async () => {
    const model = sequential({ inputShape: [4, 4, 1] }, [
      conv2d(1, { kernel: 3, stride: 2, padding: 1, activation: "linear" }),
    ]);
    model.setWeights([tf.ones([3, 3, 1, 1]), tf.tensor1d([0.5])]);
    const x = tf.range(0, 16).reshape([1, 4, 4, 1]);
    // Windows around (0,0), (0,2), (2,0), (2,2): sums of 0 1 4 5, of 1 2 3 5 6 7, of 4 5 8 9 12 13, of 5..7 9..11 13..15.
    expect(await (model.apply(x) as tf.Tensor).data()).toBeAllclose([10.5, 24.5, 51.5, 90.5]);
  });

  test.each(["relu", "sigmoid", "linear"] as const)(
    "%s is applied after the bias, as stock tfjs does it",
    async (activation) => {
      const ours = sequential({ inputShape: [5, 5, 2], init: { weights: "he", biases: "pytorch" } }, [
        conv2d(3, { kernel: 3, activation }),
      ]);
      const stock = tf.sequential({
        layers: [tf.layers.conv2d({ filters: 3, kernelSize: 3, activation, inputShape: [5, 5, 2] })],
      });
      stock.setWeights(ours.getWeights());
      const x = tf.randomNormal([2, 5, 5, 2], 0, 1, "float32", 1);
      const expected = await (stock.apply(x) as tf.Tensor).data();
      expect(await (ours.apply(x) as tf.Tensor).data()).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-6 });
    },
  );

  test("works in a plain tf.sequential, with stock initialisers", () => {
    const model = tf.sequential();
    const [layer] = conv2d(3, { kernel: 3 });
    layer!.batchInputShape = [null, 5, 5, 1];
    model.add(layer!);
    expect(model.outputShape).toEqual([null, 3, 3, 3]);
  });

  test.each([
    [() => conv2d(0, { kernel: 3 }), "conv2d: expected filters to be a whole number from 1 up, got 0"],
    [() => conv2d(3, { kernel: 2.5 }), "conv2d: expected kernel to be a whole number from 1 up, got 2.5"],
    [
      () => conv2d(3, { kernel: 3, stride: Number.NaN }),
      "conv2d: expected stride to be a whole number from 1 up, got NaN",
    ],
    [
      () => conv2d(3, { kernel: 3, padding: -1 }),
      'expected padding to be a whole number from 0 up, "same" or "valid", got -1',
    ],
  ])("names a wrong argument (%#)", (build, message) => {
    expect(build).toThrow(message);
  });
});
