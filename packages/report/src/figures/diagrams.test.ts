// Diagrams: the layers that there are, in order, in the blocks that they form.
import { describe, expect, test } from "vitest";
import { sampleNet, sampleVgg } from "../../../runs/test/sample-run.js";
import { elements, texts } from "../../test/svg.js";
import { blocksOf } from "../blocks.js";
import { blockWords, layerWords } from "../layer-words.js";
import { isBranches, type Part, structure } from "../structure.js";
import { blocksDiagram } from "./blocks-diagram.js";
import { netDiagram } from "./net-diagram.js";

test("layers are grouped into blocks by their names", () => {
  const titles = (net: typeof sampleNet) =>
    blocksOf(net.layers).map(({ title, layers }) => [title, layers.length]);
  expect(titles(sampleNet)).toEqual([
    ["NiN block", 3],
    [undefined, 1],
    [undefined, 1],
    [undefined, 1],
  ]);
  expect(titles(sampleVgg)).toEqual([
    ["VGG block", 2],
    ["VGG block", 3],
    [undefined, 1],
    [undefined, 1],
  ]);
});

test("a block that neither NiN nor VGG has is drawn as a block", () => {
  const [conv, other] = sampleNet.layers;
  const layers = [conv!, { ...other!, name: "0.1", kernel: 3 }];
  expect(blocksOf(layers).map(({ title }) => title)).toEqual(["block"]);
  expect(blockWords(blocksOf(layers)[0]!)).toBe("block, 5×5, 8");
});

test("layers and blocks are described in words", () => {
  expect(sampleVgg.layers.map(layerWords)).toEqual([
    "3×3 conv, 4, pad 1",
    "2×2 max pool, stride 2",
    "3×3 conv, 8, pad 1",
    "3×3 conv, 8, pad 1",
    "2×2 max pool, stride 2",
    "flatten",
    "dense, 3",
  ]);
  expect(blocksOf(sampleVgg.layers).slice(0, 2).map(blockWords)).toEqual([
    "VGG block, 1 conv, 4",
    "VGG block, 2 convs, 8",
  ]);
  expect(layerWords({ ...sampleNet.layers[0]!, kind: "Softmax" })).toBe("Softmax");
});

describe("netDiagram", () => {
  const svg = netDiagram(sampleNet);

  test("has a box for the image and one for each layer, each below the one before", () => {
    const ys = elements(svg, "rect")
      .filter((rect) => rect.class === "box")
      .map(({ y }) => Number(y));
    expect(ys).toHaveLength(1 + sampleNet.layers.length);
    expect(ys.toSorted((a, b) => a - b)).toEqual(ys);
    expect(Math.min(...ys.slice(1).map((y, i) => y - ys[i]!))).toBeGreaterThan(30);
  });

  test("gives the output shape and the number of parameters", () => {
    expect(texts(svg)).toEqual([
      "image, 28×28×1",
      "NiN block",
      "5×5 conv, 8, pad 2",
      "28×28×8, 208 params",
      "1×1 conv, 8",
      "28×28×8, 72 params",
      "1×1 conv, 3",
      "28×28×3, 27 params",
      "3×3 max pool, stride 2",
      "13×13×3",
      "dropout 0.5",
      "13×13×3",
      "global avg pool",
      "3",
    ]);
    expect(svg).toContain("6 layers with 307 parameters");
  });
});

test("the chapter's figure shows the largest block of each net, and the nets with their blocks collapsed", () => {
  const headings = elements(blocksDiagram([sampleVgg, sampleNet]), "text").filter(
    (text) => text["font-size"] === "14",
  );
  expect(headings).toHaveLength(4);
  expect(texts(blocksDiagram([sampleVgg, sampleNet]))).toEqual([
    ...["VGG block", "3×3 conv, 8, pad 1", "3×3 conv, 8, pad 1", "2×2 max pool, stride 2"],
    ...["NiN block", "5×5 conv, 8, pad 2", "1×1 conv, 8", "1×1 conv, 3"],
    ...["vgg11", "VGG block, 1 conv, 4", "VGG block, 2 convs, 8", "flatten", "dense, 3"],
    ...["nin", "NiN block, 5×5, 3", "3×3 max pool, stride 2", "dropout 0.5", "global avg pool"],
  ]);
});

describe("a net with branches", () => {
  const [conv] = sampleNet.layers;
  const layer = (name: string, kind: string, inputs?: string[]) => ({
    ...conv!,
    name,
    kind,
    ...(inputs && { inputs }),
  });
  const layers = [
    layer("a", "Conv2D"),
    layer("b.conv", "Conv2D"),
    layer("b.norm", "BatchNormalization"),
    layer("b.add", "Add", ["b.norm", "a"]),
    layer("c.one", "Conv2D"),
    layer("c.two", "MaxPooling2D", ["b.add"]),
    layer("c.three", "Conv2D"),
    layer("c.cat", "Concatenate", ["b.add", "c.one", "c.three"]),
    layer("d", "GlobalAveragePooling2D"),
  ];
  const names = (parts: readonly Part[]): unknown =>
    parts.map((part) => (isBranches(part) ? [part.branches.map(names), part.join.name] : part.name));

  test("is a chain of layers and of branches that begin where they part", () => {
    expect(names(structure(layers))).toEqual([
      "a",
      [[["b.conv", "b.norm"], []], "b.add"],
      [[[], ["c.one"], ["c.two", "c.three"]], "c.cat"],
      "d",
    ]);
    const fromImage = [layer("x", "Conv2D"), layer("y", "Add", ["x", ""])];
    expect(names(structure(fromImage))).toEqual([[[["x"], []], "y"]]);
  });

  test("has blocks named after what joins them, and every box within the figure", () => {
    expect(blocksOf(layers).map(({ title }) => title)).toEqual([
      undefined,
      "residual block",
      "block of branches",
      undefined,
    ]);
    for (const draw of [netDiagram, (net: typeof sampleNet) => blocksDiagram([net])]) {
      const svg = draw({ ...sampleNet, layers });
      const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
      const boxes = elements(svg, "rect").filter((rect) => rect.class === "box");
      expect(boxes.length).toBeGreaterThan(6);
      for (const box of boxes) {
        expect(Number(box.x)).toBeGreaterThan(0);
        expect(Number(box.x) + Number(box.width)).toBeLessThan(width!);
        expect(Number(box.y) + Number(box.height)).toBeLessThan(height!);
      }
    }
    const boxes = elements(netDiagram({ ...sampleNet, layers }), "rect").filter(
      (rect) => rect.class === "box",
    );
    expect(boxes).toHaveLength(1 + layers.length);
    // Boxes of branches that stand side by side do not touch.
    for (const [i, one] of boxes.entries())
      for (const other of boxes.slice(i + 1))
        expect(
          Number(one.x) + Number(one.width) <= Number(other.x) ||
            Number(other.x) + Number(other.width) <= Number(one.x) ||
            Number(one.y) + Number(one.height) <= Number(other.y) ||
            Number(other.y) + Number(other.height) <= Number(one.y),
        ).toBe(true);
  });
});
