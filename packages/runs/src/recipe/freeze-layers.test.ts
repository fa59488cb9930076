import { lenet, nin, resnet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { freezeLayers } from "./freeze-layers.js";

beforeAll(() => useEngine("cpu"));

const learning = (model: ReturnType<typeof nin>) =>
  model.layers.filter(({ trainable, weights }) => trainable && weights.length > 0).map(({ name }) => name);

describe("freezeLayers", () => {
  test("body leaves NiN's last block, whose three convolutions name the classes", () => {
    const model = nin({ inputShape: [67, 67, 1] });
    expect(freezeLayers(model, "body")).toHaveLength(9);
    expect(learning(model)).toHaveLength(3);
  });

  test("body leaves LeNet's last layer", () => {
    const model = lenet();
    freezeLayers(model, "body");
    expect(learning(model)).toHaveLength(1);
    expect(model.trainableWeights.map(({ shape }) => shape.at(-1))).toEqual([10, 10]);
  });

  test.each([
    ["resnet18", resnet({ inputShape: [32, 32, 1], classes: 512 }), 1],
    ["nin", nin({ inputShape: [67, 67, 1], classes: 384 }), 3],
  ])(
    "body of %s leaves the last block alone where blocks before it have as many outputs",
    (_, model, left) => {
      freezeLayers(model, "body");
      expect(learning(model)).toHaveLength(left);
    },
  );

  test("names freeze a layer and those below it", () => {
    const model = nin({ inputShape: [67, 67, 1] });
    const [first, , , fourth] = learning(model) as [string, string, string, string];
    expect(freezeLayers(model, `${first.split(".")[0]}, ${fourth}`)).toEqual([
      ...learning(nin({ inputShape: [67, 67, 1] })).slice(0, 4),
    ]);
  });

  test("refuses body where there is one layer", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ name: "only", units: 3, inputShape: [3] })] });
    expect(() => freezeLayers(model, "body")).toThrow(
      "expected --freeze body to find a layer before those with the 3 outputs of the last one, got none; name the layers with --freeze, of only",
    );
  });

  test("refuses a name that is no layer's, and all layers", () => {
    expect(() => freezeLayers(lenet(), "99")).toThrow(
      /expected --freeze to be body or names of layers, got "99"; the layers are /,
    );
    expect(() => freezeLayers(lenet(), "0,3,7,9,11")).toThrow(/leave a layer that learns, got all 5/);
  });
});
