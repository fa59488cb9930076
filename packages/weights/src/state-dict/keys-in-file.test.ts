import { describe, expect, test } from "vitest";
import type { TensorType } from "../safetensors/dtypes.js";
import { keysInFile } from "./keys-in-file.js";

type Shapes = Record<string, number[]>;
const arrays = (shapes: Shapes) => Object.entries(shapes).map(([key, shape]) => ({ key, shape }));
const file = (shapes: Shapes): Map<string, TensorType> =>
  new Map(Object.entries(shapes).map(([key, shape]) => [key, { dtype: "F32", shape }]));
/** The keys of a file for those of a net that the file has. */
const found = (own: Shapes, tensors: Shapes): Record<string, string> => {
  const keyOf = keysInFile(arrays(own), file(tensors), "test");
  return Object.fromEntries(
    Object.keys(own).flatMap((key) => (keyOf(key) in tensors ? [[key, keyOf(key)]] : [])),
  );
};
const behind = (prefix: string, shapes: Shapes): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [prefix + key, shape]));

const vgg: Shapes = {
  "0.0.weight": [4, 3, 3, 3],
  "0.0.bias": [4],
  "1.0.weight": [8, 4, 3, 3],
  "1.0.bias": [8],
};
const head: Shapes = { "3.weight": [9, 32], "3.bias": [9], "5.weight": [2, 9], "5.bias": [2] };
const features: Shapes = { "0.weight": [4, 3, 3, 3], "0.bias": [4], "3.weight": [8, 4, 3, 3], "3.bias": [8] };
const classifier: Shapes = { "0.weight": [9, 32], "0.bias": [9], "3.weight": [2, 9], "3.bias": [2] };
const torchvision = { ...behind("features.", features), ...behind("classifier.", classifier) };

const resnet: Shapes = {
  ...{ "conv1.weight": [4, 3, 7, 7], "bn1.weight": [4], "bn1.bias": [4] },
  ...{ "layer1.0.conv1.weight": [4, 4, 3, 3], "layer1.0.bn1.weight": [4], "layer1.0.bn1.bias": [4] },
};
const fc: Shapes = { "fc.weight": [2, 4], "fc.bias": [2] };
const children: Shapes = {
  ...{ "0.weight": [4, 3, 7, 7], "1.weight": [4], "1.bias": [4] },
  ...{ "4.0.conv1.weight": [4, 4, 3, 3], "4.0.bn1.weight": [4], "4.0.bn1.bias": [4] },
};

describe("keysInFile", () => {
  test.each(["", "module.", "backbone.", "module.model."])(
    "finds a VGG's layers by torchvision's numbers behind %j, with and without a classifier",
    (prefix) => {
      const net = { ...vgg, ...head };
      const all = found(net, behind(prefix, torchvision));
      expect(Object.keys(all)).toEqual(Object.keys(net));
      expect(all).toMatchObject({
        "1.0.bias": `${prefix}features.3.bias`,
        "5.bias": `${prefix}classifier.3.bias`,
      });
      const alone = found(net, { ...behind(`${prefix}features.`, features), "head.weight": [5, 7] });
      expect(Object.keys(alone)).toEqual(Object.keys(vgg));
      const bare = found(net, { ...behind(prefix, features), "head.weight": [5, 7] });
      expect(bare).toEqual(
        Object.fromEntries(Object.keys(vgg).map((key, i) => [key, prefix + Object.keys(features)[i]])),
      );
    },
  );

  test.each(["", "module.", "encoder."])(
    "finds a ResNet's features behind %j, by names or by numbers, beside another head",
    (prefix) => {
      const net = { ...resnet, ...fc };
      const named = found(net, { ...behind(prefix, resnet), "head.weight": [7, 4] });
      expect(Object.keys(named)).toEqual(Object.keys(resnet));
      const numbered = found(net, { ...behind(prefix, children), "head.weight": [7, 4] });
      expect(Object.values(numbered)).toEqual(Object.keys(children).map((key) => prefix + key));
    },
  );

  test("keeps the net's own names where a copy is behind a prefix, and refuses two copies without", () => {
    const net = { ...resnet, ...fc };
    expect(found(net, { ...net, ...behind("ema.", net) })["fc.bias"]).toBe("fc.bias");
    expect(() => found(net, { ...behind("student.", net), ...behind("teacher.", net) })).toThrow(
      'test: expected the weights of one net, got weights that fit behind both "student." and "teacher."; leave one of them in the file',
    );
  });

  test("takes no numbers whose layers have other shapes", () => {
    const other = { ...torchvision, "features.3.weight": [8, 4, 5, 5] };
    expect(found({ ...vgg, ...head }, other)).toEqual({});
  });
});
