// Training takes its memory from the system in the first step; a tensor's values are its own; the same step gives the same bits.

import type { KernelBackend } from "@mlpconv/kernels";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { held, run, tensor, useNative } from "./engines.js";

let backend: KernelBackend;
beforeAll(async () => {
  backend = await useNative();
});
beforeEach(() => useNative());

/** A small convolutional net and what one step of training needs of it. */
const net = () => {
  const filters = [
    tf.variable(tensor<tf.Rank.R4>([3, 3, 3, 16], 1)),
    tf.variable(tensor<tf.Rank.R4>([5, 5, 16, 24], 2)),
    tf.variable(tensor<tf.Rank.R2>([24 * 4 * 4, 64], 3)),
  ] as const;
  const velocities = filters.map((filter) => tf.variable(tf.zerosLike(filter), false));
  const x = tensor<tf.Rank.R4>([8, 20, 20, 3], 4);
  const loss = () => {
    const first = tf.relu(tf.conv2d(x, filters[0] as tf.Tensor4D, 1, "same"));
    const second = tf.relu(tf.conv2d(tf.maxPool(first, 3, 2, "valid"), filters[1] as tf.Tensor4D, 1, "same"));
    const pooled = tf.avgPool(second, 2, 2, "valid");
    const flat = tf.reshape(pooled, [8, -1]) as tf.Tensor2D;
    return tf.mean(tf.square(tf.matMul(flat, filters[2] as tf.Tensor2D))) as tf.Scalar;
  };
  const step = (): number => {
    const { value, grads } = tf.variableGrads(loss, [...filters] as tf.Variable[]);
    tf.tidy(() => {
      for (const [i, weights] of filters.entries()) {
        const velocity = velocities[i]!;
        const [newWeights, newVelocity] = run(
          "SgdStep",
          { weights, gradient: grads[weights.name]!, velocity },
          { learningRate: 1e-4, momentum: 0.9, nesterov: false, weightDecay: 0 },
        ) as tf.Tensor[];
        weights.assign(newWeights as never);
        velocity.assign(newVelocity as never);
      }
    });
    const [number] = value.dataSync();
    tf.dispose([value, grads]);
    return number!;
  };
  return { filters, step };
};

describe("memory", () => {
  it("is taken in the first steps and stays the same for 200 more", () => {
    const { step } = net();
    step();
    step(); // the first moved the weights into memory of the backend's own
    const [tensors, bytes] = [held(), backend.arena.usedBytes];
    for (let i = 0; i < 200; i++) step();
    expect(held()).toEqual(tensors);
    expect(backend.arena.usedBytes).toBe(bytes);
    expect(bytes).toBeGreaterThan(0);
    expect(tf.memory().unreliable).toBe(false);
  });

  it("of a tensor that was read belongs to the reader", () => {
    const x = tf.add(tensor([100, 100], 1), 1);
    const values = x.dataSync();
    const copy = values.slice();
    x.dispose();
    const other = tf.add(tensor([100, 100], 2), 5);
    expect(values).toEqual(copy);
    other.dispose();
  });

  it("of a slice outlives the tensor that it was cut from", () => {
    // Integers go through the cpu backend's kernels, whose slice of whole rows is a view.
    const x = tf.cast(tf.add(tensor([200, 100], 1), 3), "int32");
    const rows = tf.slice(x, [2, 0], [150, 100]);
    const expected = rows.dataSync().slice();
    x.dispose();
    const others = [1, 2, 3].map((seed) => tf.add(tensor([200, 100], seed), seed));
    expect(rows.dataSync()).toEqual(expected);
    tf.dispose([rows, others]);
  });

  it("that two tensors share is given back with the second", () => {
    const x = tf.add(tensor([100, 100], 1), 0);
    const y = tf.reshape(x, [10_000]);
    const expected = y.dataSync();
    x.dispose();
    const other = tf.add(tensor([100, 100], 2), 0);
    expect(y.dataSync()).toEqual(expected);
    tf.dispose([y, other]);
  });

  it("that cannot be allocated is an error that names the tensor", () => {
    expect(() => backend.allocate([1 << 20, 1 << 20])).toThrow(
      /expected memory for a tensor \[1048576,1048576\], 4398047 MB, got none beside \d+ MB in use; take a smaller batch/,
    );
  });
});

describe("an update", () => {
  const attributes = { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 };

  it("changes weights in place once no other tensor shares their values", () => {
    const weights = tf.variable(tf.add(tensor([100, 100], 1), 0));
    const gradient = tensor([100, 100], 2);
    const update = () =>
      tf.tidy(() => {
        const [updated] = run("SgdStep", { weights, gradient }, attributes) as tf.Tensor[];
        weights.assign(updated as never);
      });
    update(); // the tensor that the variable was made from still holds the values
    const place = backend.floats(weights).byteOffset;
    const { buffer } = backend.floats(weights);
    update();
    expect(backend.floats(weights).buffer).toBe(buffer);
    expect(backend.floats(weights).byteOffset).toBe(place);
  });

  it("leaves a clone of the weights unchanged", () => {
    const weights = tf.variable(tf.add(tensor([100, 100], 1), 0));
    const gradient = tensor([100, 100], 2);
    const copy = weights.clone();
    const before = copy.dataSync();
    tf.tidy(() => {
      const [updated] = run("SgdStep", { weights, gradient }, attributes) as tf.Tensor[];
      weights.assign(updated as never);
    });
    expect(copy.dataSync()).toEqual(before);
    expect(weights.dataSync()).not.toEqual(before);
  });
});

describe("training", () => {
  it("gives the same bits twice", () => {
    const bits = () => {
      const { filters, step } = net();
      const losses = Array.from({ length: 10 }, step);
      return [losses, ...filters.map((filter) => filter.dataSync())];
    };
    expect(bits()).toEqual(bits());
  });
});
