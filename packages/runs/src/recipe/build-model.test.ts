import { type ModelName, modelNames } from "@mlpconv/models";
import { useEngine } from "@mlpconv/tensor";
import { describe, expect, it } from "vitest";
import { withValues } from "../settings/places.js";
import type { SettingTable } from "../settings/setting.js";
import { settings } from "../settings/settings.js";
import { buildModel, type ModelSettings } from "./build-model.js";
import { describeNet } from "./describe-net.js";

await useEngine("cpu");

const data = { shape: [28, 28, 1], classes: Array.from({ length: 10 }, (_, i) => `${i}`) } as const;

const plainNet = { ratio: 16, init: { weights: "zeros", biases: "zeros" } } as const;

/** Layers of a narrow model whose settings are those, as text. */
const layersWith = (model: ModelName, values: Readonly<Record<string, unknown>>): string => {
  // The smallest images that every model can have. Zeros, because drawing weights takes time.
  const plain = { model, resize: 67, seed: 0, net: plainNet };
  const built = buildModel(withValues(plain, values) as ModelSettings, data);
  const layers = JSON.stringify(describeNet(model, built).layers);
  built.dispose();
  return layers;
};

/** Another value than the model's own of each setting that some models do not have. */
const others: Readonly<Record<string, unknown>> = {
  "net.dropout": 0.3,
  "net.ratio": 8,
  "net.pointwise": 1,
  "net.lastRelu": false,
  "net.batchNorm": true,
};

const ofSomeModels = Object.entries<SettingTable[string]>(settings).filter(([, { models }]) => models);

/** 1x1 convolutions with as many outputs as inputs, which `--init dirac` makes the identity. */
const squares = (model: ModelName): number => {
  const built = buildModel({ model, resize: 67, seed: 0, net: plainNet }, data);
  const shapes = built.layers.flatMap(({ weights }) => weights.map(({ shape }) => shape));
  built.dispose();
  return shapes.filter(
    ([height, width, inputs, outputs]) => height === 1 && width === 1 && inputs === outputs,
  ).length;
};

const { dirac } = (settings as SettingTable)["net.init.weights"]!.modelsByValue!;

describe("the models that the table names for a setting are those which it changes", () => {
  it.each(modelNames)("%s", (model) => {
    const plain = layersWith(model, {});
    expect([model, squares(model) > 0]).toEqual([model, dirac!.includes(model)]);
    for (const [place, { models }] of ofSomeModels) {
      expect(others[place], place).toBeDefined();
      const changed = layersWith(model, { [place]: others[place] }) !== plain;
      expect([place, changed]).toEqual([place, models!.includes(model)]);
    }
  });
});
