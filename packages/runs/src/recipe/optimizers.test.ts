import { lenet, nin } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { variablesOf } from "@mlpconv/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunSettings } from "../files/config.js";
import { optimizerOf, plateauOf, scheduleOf } from "./optimizers.js";
import { presetSettings } from "./preset-settings.js";

beforeAll(() => useEngine("cpu"));

const data = { shape: [28, 28, 1] as const };
const settings = (changes: Partial<RunSettings>): RunSettings =>
  presetSettings({ model: "lenet", preset: "d2l" }, changes as never, data);

describe("optimizerOf", () => {
  test("gives the body its share of the learning rate, and the head all of it", () => {
    const model = lenet();
    const optimizer = optimizerOf(settings({ learningRate: 0.5, bodyLrScale: 0.1 }), model);
    const variables = variablesOf(model);
    const before = variables.map((variable) => variable.dataSync().slice());
    const gradients = Object.fromEntries(variables.map((each) => [each.name, tf.ones(each.shape)]));
    optimizer.update(variables, gradients, 0.5);
    const moved = variables.map((variable, i) => before[i]![0]! - variable.dataSync()[0]!);
    expect(moved).toHaveLength(10);
    for (const [i, by] of moved.entries()) expect(by).toBeCloseTo(i < 8 ? 0.05 : 0.5, 5);
    optimizer.dispose();
  });

  test("refuses a model without a body", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [3] })] });
    expect(() => optimizerOf(settings({ bodyLrScale: 0.1 }), model)).toThrow(
      "expected --body-lr-scale to find a layer before those with the 3 outputs of the last one",
    );
  });

  test("frozen layers need no rate", () => {
    const model = nin({ inputShape: [67, 67, 1] });
    for (const layer of model.layers.slice(0, -4)) layer.trainable = false;
    const optimizer = optimizerOf(settings({ bodyLrScale: 0 }), model);
    expect(() => optimizer.update(variablesOf(model), {}, 0.5)).not.toThrow();
  });
});

test("a polynomial schedule has its power, and a plateau begins with a constant rate", () => {
  const factors = (changes: Partial<RunSettings>) =>
    [0, 5, 9].map((step) => scheduleOf(settings(changes))(step, 10));
  expect(factors({ schedule: "polynomial" })).toEqual([1, 0.25, expect.closeTo(0.01, 9)]);
  expect(factors({ schedule: "polynomial", power: 1 })).toEqual(factors({ schedule: "linear" }));
  expect(factors({ schedule: "plateau" })).toEqual([1, 1, 1]);
  expect(plateauOf(settings({ schedule: "plateau" }))).toEqual({ epochs: 3, factor: 0.1 });
  expect(plateauOf(settings({ schedule: "cosine" }))).toBeUndefined();
});

test("a run that began with one-cycle and without a warm-up keeps its rates", () =>
  expect(scheduleOf(settings({ schedule: "one-cycle", warmup: 0 }))(2, 10)).toBe(1));
