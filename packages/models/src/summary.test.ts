// The costs that the literature and arithmetic agree on, layer by layer and in all.
import { useEngine } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { alexnet } from "./alexnet.js";
import { lenet } from "./lenet.js";
import { nin } from "./nin.js";
import { ninCifar } from "./nin-cifar.js";
import { ninMnist } from "./nin-mnist.js";
import { resnet } from "./resnet.js";
import { formatSummary, summary } from "./summary.js";
import { vgg } from "./vgg.js";

await useEngine("cpu");

/** Costs do not depend on the weights, of which VGG-11 would draw 128 million. */
const init = { weights: "zeros", biases: "zeros" } as const;

describe("summary", () => {
  test.each([
    ["lenet", () => lenet(), 61_706, 416_520, 8_094],
    ["alexnet", () => alexnet({ init }), 46_764_746, 938_146_176, 716_810],
    [
      "alexnet for ImageNet",
      () => alexnet({ inputShape: [224, 224, 3], classes: 1000, init }),
      50_844_008,
      1_009_945_728,
      undefined,
    ],
    ["vgg11", () => vgg({ init }), 128_806_154, 7_547_232_256, 8_964_618],
    // Without running statistics, of which ResNet-18 has 9,600: torchvision's numbers.
    [
      "resnet18 for ImageNet",
      () => resnet({ inputShape: [224, 224, 3], classes: 1000, init }),
      11_689_512,
      1_814_073_344,
      undefined,
    ],
    ["vgg11 ratio 4", () => vgg({ ratio: 4, init }), 43_093_322, 512_155_648, 2_247_306],
    ["nin", () => nin(), 1_992_166, 762_297_352, 1_636_984],
    ["nin without 1x1", () => nin({ pointwise: 0 }), 1_546_058, 577_472_640, 619_908],
    ["nin with one 1x1", () => nin({ pointwise: 1 }), 1_769_112, 669_884_996, 1_128_446],
    ["nin with three 1x1", () => nin({ pointwise: 3 }), 2_215_220, 854_709_708, 2_145_522],
    ["nin at 96 pixels", () => nin({ inputShape: [96, 96, 1] }), 1_992_166, 107_999_560, 248_744],
    [
      "nin for ImageNet",
      () => nin({ inputShape: [224, 224, 3], classes: 1000 }),
      7_439_608,
      965_572_864,
      undefined,
    ],
    ["ninMnist", () => ninMnist(), 349_674, 50_699_712, undefined],
    ["ninCifar", () => ninCifar(), 966_986, 222_486_528, undefined],
  ])(
    "%s has the known parameters, multiply-accumulates and activations",
    (_, build, parameters, macs, floats) => {
      const model = build();
      const costs = summary(model);
      expect(costs.parameters).toBe(parameters);
      expect(costs.multiplyAccumulates).toBe(macs);
      if (floats !== undefined) expect(costs.activationBytes).toBe(4 * floats);
      model.dispose();
    },
  );

  test("the deep VGGs have the known parameters", () => {
    const convolutional = (depth: 13 | 16 | 19) => {
      const model = vgg({ depth, inputShape: [32, 32, 3], init });
      const rows = summary(model).rows.filter(({ type }) => type === "Conv2D");
      model.dispose();
      return rows.reduce((sum, row) => sum + row.parameters, 0);
    };
    // torchvision's `features` of vgg13, vgg16 and vgg19.
    expect([convolutional(13), convolutional(16), convolutional(19)]).toEqual([
      9_404_992, 14_714_688, 20_024_384,
    ]);
  });

  test("has a row for each layer of NiN's first block, with its share of the work", () => {
    const { rows } = summary(nin());
    expect(rows.slice(0, 4)).toEqual([
      {
        layer: "0.0",
        type: "Conv2D",
        outputShape: [54, 54, 96],
        parameters: 11_712,
        multiplyAccumulates: 33_872_256,
        activationBytes: 1_119_744,
      },
      {
        layer: "0.2",
        type: "Conv2D",
        outputShape: [54, 54, 96],
        parameters: 9_312,
        multiplyAccumulates: 26_873_856,
        activationBytes: 1_119_744,
      },
      {
        layer: "0.4",
        type: "Conv2D",
        outputShape: [54, 54, 96],
        parameters: 9_312,
        multiplyAccumulates: 26_873_856,
        activationBytes: 1_119_744,
      },
      {
        layer: "1",
        type: "MaxPooling2D",
        outputShape: [26, 26, 96],
        parameters: 0,
        multiplyAccumulates: 0,
        activationBytes: 259_584,
      },
    ]);
    expect(rows.find(({ layer }) => layer === "2.0")!.multiplyAccumulates).toBe(415_334_400);
    expect(rows.find(({ layer }) => layer === "6")).toMatchObject({ type: "Dropout", activationBytes: 0 });
  });
});

test("formatSummary prints a line for each layer, and the totals", () => {
  const text = formatSummary(summary(lenet()));
  const lines = text.split("\n");
  expect(lines).toHaveLength(1 + 1 + 8 + 1 + 1);
  expect(lines[2]).toMatch(/^0 +Conv2D +28 x 28 x 6 +156 +117,600 +18,816$/);
  expect(lines.at(-1)).toMatch(/^lenet +61,706 +416,520 +32,376$/);
});
