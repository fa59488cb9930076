import { describe, expect, it } from "vitest";
import { originOf, pixelLines, sizeWords } from "./origin.js";

const metadata = (mean: number[], std: number[], side = 28) => ({
  config: JSON.stringify({
    architecture: "resnet18",
    pretrained_cfg: { input_size: [mean.length, side, side], mean, std, label_names: ["a"] },
  }),
});
const imagenet = originOf(metadata([0.485, 0.456, 0.406], [0.229, 0.224, 0.225], 224));
const own = originOf(metadata([0.286], [0.353]));
const raw = originOf(metadata([0], [1]));

describe("pixelLines", () => {
  it("warns of other pixels than the weights were trained on, with flags for the same", () => {
    const lines = (...args: Parameters<typeof pixelLines> extends [string, ...infer Rest] ? Rest : never) =>
      pixelLines("a.safetensors", ...args);
    expect(lines(imagenet, { normalize: true }, 3)).toEqual([
      "warning: a.safetensors was trained on pixels normalised by ImageNet's mean and deviation, and here they are normalised by the mean and deviation of the training images; for the same: --normalize-by imagenet",
    ]);
    expect(lines(imagenet, { normalize: false }, 3)[0]).toMatch(/: --normalize --normalize-by imagenet$/);
    expect(lines(own, { normalize: false }, 1)[0]).toMatch(
      /are in \[0, 1\]; for the same: --normalize --normalize-by own$/,
    );
    expect(lines(own, { normalize: true, normalizeBy: "imagenet" }, 3)[0]).toMatch(/: --normalize-by own$/);
    expect(lines(raw, { normalize: true }, 1)[0]).toMatch(/: --no-normalize$/);
  });

  it("says nothing where they are alike, and what torchvision's weights need where the file does not say", () => {
    for (const [origin, settings] of [
      [imagenet, { normalize: true, normalizeBy: "imagenet" }],
      [own, { normalize: true }],
      [raw, { normalize: false }],
      [{}, { normalize: true, normalizeBy: "imagenet" }],
    ] as const)
      expect(pixelLines("a", origin, settings, 3)).toEqual([]);
    expect(pixelLines("a", {}, { normalize: true }, 1)).toEqual([]);
    expect(pixelLines("a", originOf({ config: "no" }), { normalize: true }, 3)).toEqual([
      "pixels   a does not say how its pixels were normalised; weights of torchvision need --normalize-by imagenet",
    ]);
  });
});

describe("sizeWords", () => {
  it("says where images have another size or other channels", () => {
    expect(sizeWords(own, [28, 28, 1])).toEqual([]);
    expect(sizeWords({}, [28, 28, 1])).toEqual([]);
    expect(sizeWords(imagenet, [64, 64, 1])).toEqual([
      "trained on 224x224 pixels, here 64x64 (--resize 224)",
      "trained on 3 channels, here 1 (--channels 3 for a folder of pictures)",
    ]);
  });
});
