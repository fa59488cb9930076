import { expect, test } from "vitest";
import { classes, imageShape, sampleRun, sampleVgg } from "../../runs/test/sample-run.js";
import { comparisonFigures, runFigureList } from "./figures.js";
import { renderPage } from "./page/render-page.js";
import { networkName, repeatsOf } from "./same-settings.js";

const net = (ratio: number) => ({ ratio, init: { weights: "he", biases: "zeros" } }) as const;

const run = (name: string, config: object) =>
  sampleRun({
    name,
    config: { model: "nin", data: { name: "made" }, learningRate: 0.1, net: net(4), ...config },
  });

test("repeats may differ in seed and machine", () => {
  const runs = [
    run("a", { seed: 0 }),
    run("b", { seed: 1, engine: "wasm" }),
    run("c", { learningRate: 0.2 }),
  ];
  expect(repeatsOf(runs).map((group) => group.runs.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
});

test("nested settings are compared", () => {
  expect(repeatsOf([run("a", {}), run("b", { net: net(1) })])).toHaveLength(2);
});

test("no median is taken over runs with different settings", () => {
  const strips = (runs: Parameters<typeof comparisonFigures>[0]) =>
    comparisonFigures(runs).find(({ name }) => name === "accuracies");
  expect(strips([run("a", {}), run("b", { learningRate: 0.2 })])).toBeUndefined();
  expect(strips([run("a", {}), run("b", { seed: 1 }), run("c", { learningRate: 0.2 })])!.svg).toContain(
    "nin, 1/4 width (a) 0.600 (2 runs), c 0.600 (1 run)",
  );
});

test("a network that is narrower than its paper's says so wherever it is drawn", () => {
  const narrow = sampleRun({
    name: "narrow",
    config: { model: "vgg11", data: { name: "fashion-mnist" }, net: net(4) },
    analysis: { classes, imageShape, net: sampleVgg },
  });
  expect(networkName(narrow)).toBe("vgg11, 1/4 width");
  expect(networkName(sampleRun())).toBe("nin");
  const drawn = runFigureList(narrow).find(({ name }) => name === "net")!;
  expect(drawn.caption).toContain("vgg11, 1/4 width");
  expect(drawn.svg).toContain("Layers of vgg11, 1/4 width");
  const blocks = comparisonFigures([narrow, sampleRun()]).find(({ name }) => name === "blocks")!;
  expect(blocks.svg).toMatch(/<text[^>]*>vgg11, 1\/4 width<\/text>/);
  expect(renderPage({ runs: [narrow, sampleRun()] })).toContain('<td class="long">vgg11, 1/4 width</td>');
});
