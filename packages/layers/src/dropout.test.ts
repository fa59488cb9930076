// Dropout: the rate, the scale, and a mask that (seed, layer, step) alone decide.
import { tf, useEngine } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import { sequential } from "./sequential.js";

await useEngine("cpu");

const model = (seed: number, rate = 0.25) =>
  sequential({ inputShape: [100, 100, 1], seed }, [dropout(rate), flatten()]);
const masked = (seed: number, step: number) =>
  (model(seed).apply(tf.ones([1, 100, 100, 1]), { training: true, step }) as tf.Tensor).data();

describe("dropout", () => {
  test("zeroes the given share and scales the rest so that the mean stays", async () => {
    const values = await masked(0, 0);
    const dropped = values.filter((value) => value === 0).length / values.length;
    // Three standard deviations of 10,000 draws.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.013);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(4 / 3)]));
  });

  test("gives the same mask for the same seed and step, another for another of either", async () => {
    const first = await masked(0, 7);
    expect(await masked(0, 7)).toEqual(first);
    expect(await masked(0, 8)).not.toEqual(first);
    expect(await masked(1, 7)).not.toEqual(first);
  });

  test("two dropouts of one model have masks of their own", async () => {
    const twice = sequential({ inputShape: [100, 100, 1] }, [dropout(0.5), dropout(0.5)]);
    const values = await (
      twice.apply(tf.ones([1, 100, 100, 1]), { training: true, step: 0 }) as tf.Tensor
    ).data();
    const kept = values.filter((value) => value > 0).length / values.length;
    expect(Math.abs(kept - 0.25)).toBeLessThan(0.013);
  });

  test("gives the parts of a batch the parts of its mask", async () => {
    const net = sequential({ inputShape: [5, 5, 3] }, [dropout(0.5), flatten()]);
    const maskOf = (examples: number, firstExample?: number) =>
      net.apply(tf.ones([examples, 5, 5, 3]), { training: true, step: 3, firstExample }) as tf.Tensor;
    const parts = tf.concat([maskOf(1), maskOf(3, 1), maskOf(2, 4)]);
    expect(await parts.data()).toEqual(await maskOf(6).data());
    expect(() => maskOf(1, -1)).toThrow(
      'dropout "0": expected firstExample, the place of these examples in their batch, to be a whole number from 0 up, got -1',
    );
  });

  test("the gradient passes where the mask is open and nowhere else", async () => {
    const net = model(3);
    const f = (x: tf.Tensor) => tf.sum(net.apply(x, { training: true, step: 2 }) as tf.Tensor) as tf.Scalar;
    const gradient = tf.grad(f)(tf.ones([1, 100, 100, 1]));
    expect(await gradient.data()).toEqual(await masked(3, 2));
  });

  test("passes everything when not training, and at rate 0", async () => {
    const x = tf.ones([1, 100, 100, 1]);
    expect((await (model(0).apply(x) as tf.Tensor).data()).every((value) => value === 1)).toBe(true);
    const open = model(0, 0).apply(x, { training: true }) as tf.Tensor;
    expect((await open.data()).every((value) => value === 1)).toBe(true);
  });

  test("without a step each training call has the next mask, so that stock training works", async () => {
    const net = model(0);
    const call = () => (net.apply(tf.ones([1, 100, 100, 1]), { training: true }) as tf.Tensor).data();
    expect(await call()).toEqual(await masked(0, 0));
    expect(await call()).toEqual(await masked(0, 1));
  });

  test("a step that is no step is an error", () => {
    expect(() => model(0).apply(tf.ones([1, 100, 100, 1]), { training: true, step: 0.5 })).toThrow(
      'dropout "0": expected the training step, which picks the mask, to be a whole number from 0 up, got 0.5',
    );
  });

  test.each([-0.1, 1, Number.NaN])("rate %d is an error", (rate) => {
    expect(() => dropout(rate)).toThrow(`dropout: expected rate from 0 up to, not including, 1, got ${rate}`);
  });
});
