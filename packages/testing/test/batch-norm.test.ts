// Batch normalisation on every engine against PyTorch: outputs, statistics and all gradients.
import { readFileSync } from "node:fs";
import { batchNorm, recorder, tf } from "@mlpconv/tensor";
import { expect, test } from "vitest";
import { eachEngine, tolerance } from "../src/index.js";

interface Golden {
  shape: number[];
  epsilon: number;
  cases: {
    activation: "linear" | "relu";
    residual: boolean;
    far: number;
    y: number[];
    mean: number[];
    unbiasedVariance: number[];
    gradients: { x: number[]; scale: number[]; offset: number[]; add?: number[] };
  }[];
}

/** Written by fixtures/make-batch-norm.py. */
const { shape, epsilon, cases } = JSON.parse(
  readFileSync(new URL("../fixtures/batch-norm.json", import.meta.url), "utf8"),
) as Golden;

/** The numbers of the script. */
const numbers = (tag: number, shape: number[], far = 0) =>
  tf.tensor(
    Float32Array.from(
      { length: tf.util.sizeFromShape(shape) },
      (_, i) => (((i * 7919 + tag * 104729) % 257) - 128) / 64 + far,
    ),
    shape,
  );

await eachEngine((engine) => {
  test.each(cases)(
    "PyTorch's values, activation $activation, residual $residual, $far from 0",
    async ({ activation, residual, far, y, mean, unbiasedVariance, gradients }) => {
      const channels = shape.at(-1)!;
      const operands = [
        numbers(1, shape, far),
        numbers(2, [channels]),
        numbers(3, [channels]),
        ...(residual ? [numbers(4, shape)] : []),
      ];
      const call = ([x, scale, offset, add]: tf.Tensor[]) =>
        batchNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, {
          epsilon,
          activation,
          ...(add && { add }),
        });
      const result = call(operands);
      const rows = tf.util.sizeFromShape(shape) / channels;
      const actual = {
        y: result.y,
        mean: result.mean,
        unbiasedVariance: tf.mul(result.variance, rows / (rows - 1)),
      };
      const { rtol, atol } = tolerance[engine.name].sum;
      const close = async (tensor: tf.Tensor, expected: number[]) => {
        const largest = Math.max(1, ...expected.map(Math.abs));
        expect(await tensor.data()).toBeAllclose(expected, { rtol, atol: atol * largest });
      };
      await close(actual.y, y);
      await close(actual.mean, mean);
      await close(actual.unbiasedVariance, unbiasedVariance);
      const derived = tf.grads((...given) => call(given).y)(operands, numbers(5, shape));
      const expected = [gradients.x, gradients.scale, gradients.offset, gradients.add];
      for (const [i, gradient] of derived.entries()) await close(gradient, expected[i]!);
      tf.dispose([operands, result.y, result.mean, Object.values(actual), derived]);
    },
  );

  test.runIf(engine.name === "webgpu")("a recorded step gives the same bits with other inputs", async () => {
    const [x, other, dy] = [1, 6, 5].map((tag) => numbers(tag, [3, 5, 7, 8]));
    const [scale, offset] = [2, 3].map((tag) => numbers(tag, [8]));
    const step = (x: tf.Tensor) =>
      tf.tidy(() =>
        tf.grads(
          (x, scale, offset, add) =>
            batchNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, { activation: "relu", add: add! }).y,
        )([x, scale!, offset!, dy!], dy!),
      );
    // Tensors that are only on the host would be uploaded while the step is recorded, which a replay does not repeat.
    tf.dispose(step(x!));
    let results: tf.Tensor[] = [];
    const recording = recorder()!.capture(() => {
      results = step(x!);
    });
    recorder()!.overwrite(x!, other!);
    recording!.replay({});
    const expected = step(other!);
    for (const [i, result] of results.entries())
      expect(await result.data()).toEqual(await expected[i]!.data());
    tf.dispose([x!, other!, dy!, scale!, offset!, results, expected]);
    recording!.dispose();
  });
});
