// Engine native in mixed precision against `cpu` in float32: with the CPU's instructions for bfloat16 where it has them, and emulated everywhere.
import { prepare } from "@mlpconv/engine-native";
import { tf } from "@mlpconv/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { eachEngine, mixedTolerance } from "../src/index.js";
import { conform, forward } from "./case.js";
import { convBiasRelus, convolutions } from "./cases/convolution.js";
import { products } from "./cases/product.js";

/** An output with zeros in place of its finite numbers. */
const notFinite = async (engine: string, compute: () => tf.Tensor) => {
  await tf.setBackend(engine);
  const y = tf.tidy(compute);
  const values = await y.data();
  y.dispose();
  return Array.from(values, (value) => (Number.isFinite(value) ? 0 : value));
};

/** Ones, and one value that is not a number or infinite. */
const spoilt = (shape: number[], at: number, value: number) => {
  const values = new Float32Array(shape.reduce((a, b) => a * b)).fill(1);
  values[at] = value;
  return tf.tensor(values, shape);
};

await eachEngine(
  (engine) => {
    afterEach(async () => (await prepare()).setPrecision("full"));

    describe.each(["mixed", "mixed-emulated"] as const)("%s", (precision) => {
      /** Whether this CPU has the precision, which is then set. */
      const set = async (): Promise<boolean> => {
        const library = await prepare();
        try {
          library.setPrecision(precision);
          return true;
        } catch (error) {
          if (precision === "mixed" && /expected a CPU with AVX-512 BF16/.test(String(error))) return false;
          throw error;
        }
      };

      // A sum near zero may be rounded across it, and a ReLU then passes a whole gradient or none: native/test/convolution.cpp compares
      // the gradients behind given masks.
      const fused = convBiasRelus.map((one) => ({ ...one, ...forward }));
      for (const one of [...convolutions, ...fused, ...products]) {
        test(one.name, async (context) => {
          if (!(await set())) return context.skip();
          await conform(engine, one, mixedTolerance);
        });
      }

      test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d reaches the same results", async (value) => {
        if (!(await set())) return;
        const filter = tf.ones<tf.Rank.R4>([2, 2, 3, 20]);
        const computations = {
          convolution: () => tf.conv2d(spoilt([1, 5, 6, 3], 38, value) as tf.Tensor4D, filter, 1, "same"),
          "1x1 convolution": () =>
            tf.conv2d(spoilt([1, 4, 5, 7], 41, value) as tf.Tensor4D, tf.ones([1, 1, 7, 20]), 1, "valid"),
          "strided convolution": () =>
            tf.conv2d(spoilt([1, 7, 7, 3], 38, value) as tf.Tensor4D, filter, 2, "valid"),
          product: () => tf.matMul(spoilt([5, 7], 13, value) as tf.Tensor2D, tf.ones([7, 20])),
          "product by a transposed matrix": () =>
            tf.matMul(tf.ones([5, 7]), spoilt([20, 7], 13, value) as tf.Tensor2D, false, true),
        };
        for (const [name, compute] of Object.entries(computations)) {
          const expected = await notFinite("cpu", compute);
          expect(
            expected.filter((result) => Object.is(result, value)),
            name,
          ).not.toHaveLength(0);
          expect(await notFinite("native", compute), name).toEqual(expected);
        }
        filter.dispose();
      });
    });
  },
  ["native"],
);
