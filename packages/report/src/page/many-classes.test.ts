// A page of many classes: bounded in size, and it says how many of them it shows.
import { parseAnalysis } from "@mlpconv/runs";
import { classNames } from "@mlpconv/testing";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { manyClassesRun } from "../../test/many-classes.js";
import { elements, texts } from "../../test/svg.js";
import { confusionMatrix, shownClasses } from "../figures/confusion-matrix.js";
import { runFigureList } from "../figures.js";
import { renderPage } from "./render-page.js";

const figuresOf = (count: number) =>
  Object.fromEntries(runFigureList(manyClassesRun(count, 8)).map((one) => [one.name, one]));
const bars = (svg: string) => elements(svg, "rect").filter((rect) => rect.class === "bar");
const cells = (svg: string) => elements(svg, "rect").filter((rect) => rect.class === "cell");

describe.each([31, 200, 1000])("%i classes", (count) => {
  const { confusion, classes, ...others } = figuresOf(count);

  test("have a matrix of the 20 that are confused most, and its rows have all images", () => {
    const { evaluation } = manyClassesRun(count, 8);
    const shown = shownClasses(evaluation!);
    expect(shown).toHaveLength(20);
    expect(cells(confusion!.svg)).toHaveLength(20 * 21);
    const pair = { images: 0, label: 0, predicted: 0 };
    for (const [label, row] of evaluation!.confusion.entries())
      for (const [predicted, images] of row.entries())
        if (label !== predicted && images > pair.images) Object.assign(pair, { images, label, predicted });
    expect(shown).toContain(pair.label);
    expect(shown).toContain(pair.predicted);
    const numbers = texts(confusion!.svg).filter((text) => /^\d+$/.test(text) && text !== "007");
    expect(numbers.map(Number).reduce((a, b) => a + b)).toBe(20 * 100);
    expect(confusion!.caption).toContain(`The 20 of ${count.toLocaleString("en-US")} classes`);
  });

  test("have the bars of the 30 least accurate, the worst first", () => {
    const widths = bars(classes!.svg).map(({ width }) => Number(width));
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths).toHaveLength(30);
    const { evaluation } = manyClassesRun(count, 8);
    const accuracies = evaluation!.classes.map(({ accuracy }) => accuracy!);
    expect(widths[0]! / 290).toBeCloseTo(Math.min(...accuracies), 3);
    expect(classes!.caption).toContain(`The 30 of ${count.toLocaleString("en-US")} classes`);
  });

  test("have six class maps in a row, the true class's among them", () => {
    const { svg, caption } = others["class-maps"]!;
    expect(elements(svg, "image")).toHaveLength(12 * 7);
    const frames = elements(svg, "rect").filter(({ fill }) => fill === "none");
    expect(frames.filter((frame) => frame["stroke-width"] === "2.5")).toHaveLength(12);
    expect(caption).toContain(`${count.toLocaleString("en-US")} classes: a row has the maps of`);
  });
});

test("30 classes have a whole matrix and a bar each, in their order", () => {
  const { confusion, classes } = figuresOf(30);
  expect(cells(confusion!.svg)).toHaveLength(900);
  expect(bars(classes!.svg)).toHaveLength(30);
  expect(texts(classes!.svg)[0]).toBe("ankle boot");
  expect(confusion!.caption + classes!.caption).not.toContain("The ");
  expect(renderPage({ runs: [manyClassesRun(30, 8)] })).not.toContain("least accurate");
});

test("the page of 200 classes with colour images stays below 4 MB, and names the worst classes and the most frequent mistakes", () => {
  const run = manyClassesRun(200);
  parseAnalysis(JSON.stringify(run.analysis), "analysis.json");
  const page = renderPage({ runs: [run] });
  expect(page.length).toBeLessThan(4e6);
  expect(page).toContain("The 20 least accurate of 200 classes");
  expect(page).toMatch(/The 20 most frequent of \d+ kinds of mistake/);
  expect(page).toContain("and 170 more");
  const [worst] = run.evaluation!.classes.toSorted((a, b) => a.accuracy! - b.accuracy!);
  expect(page).toContain(`>${worst!.accuracy!.toFixed(3)}</td>`);
});

test("a name that does not fit is cut, with the whole name as a tooltip, and wide letters count twice", () => {
  const { evaluation } = manyClassesRun(16, 8);
  const svg = confusionMatrix("try-1", evaluation!);
  const long = classNames(15)[14]!;
  expect(svg).toContain(`<title>${long}</title>`);
  expect(texts(svg).filter((text) => text.endsWith("…")).length).toBeGreaterThan(0);
  expect(texts(svg)).toContain("红色的长外套");
  const chinese = { ...evaluation!, classes: evaluation!.classes.map((one) => ({ ...one })) };
  chinese.classes[0]!.name = "红色的长外套和鞋子";
  // Nine letters of Chinese are as wide as eighteen of English.
  expect(texts(confusionMatrix("try-1", chinese))).toContain("红色的长外套…");
});

test("counts of six digits or more are shortened, so that they fit into a cell", () => {
  const { evaluation } = manyClassesRun(2, 8);
  const confusion = [
    [99_999, 0],
    [1_234_567, 654_321],
  ];
  const numbers = texts(confusionMatrix("try-1", { ...evaluation!, confusion }));
  expect(numbers).toEqual(expect.arrayContaining(["99999", "1.2M", "654k"]));
});

test.each([
  [1, 1],
  [2, 1],
  [3, 3],
  [5, 3],
])("images of %i channels are drawn with %i", (channels, drawn) => {
  const run = manyClassesRun(3, 4);
  const pixels = Buffer.from(Uint8Array.from({ length: 16 * channels }, (_, i) => i)).toString("base64");
  const mistakes = [{ ...run.analysis!.mistakes![0]!, pixels, label: 0, predicted: 1 }];
  const analysis = {
    ...run.analysis!,
    imageShape: [4, 4, channels] as [number, number, number],
    mistakes,
    classMaps: [],
  };
  const { svg } = runFigureList({ ...run, analysis }).find(({ name }) => name === "mistakes")!;
  const { href } = elements(svg, "image")[0]!;
  const image = decode(Buffer.from(href!.slice("data:image/png;base64,".length), "base64"));
  expect(image.channels).toBe(drawn);
  expect([...image.data.slice(0, drawn)]).toEqual([0, 1, 2].slice(0, drawn));
  expect(image.data[drawn]).toBe(channels);
});

test("class maps of every class, as earlier versions kept them, are drawn as those of the highest logits", () => {
  const run = manyClassesRun(40, 8);
  const maps = Array.from({ length: 40 }, (_, i) => Array<number>(4).fill(i));
  const [first] = run.analysis!.classMaps!;
  const { mapClasses: _, ...sample } = { ...first!, side: 2, maps, label: 3, predicted: 39 };
  const analysis = { ...run.analysis!, classMaps: [sample] };
  const { svg } = runFigureList({ ...run, analysis }).find(({ name }) => name === "class-maps")!;
  expect(texts(svg).filter((text) => /^\d+\.\d\d$/.test(text))).toEqual([
    ...["39.00", "38.00", "37.00", "36.00", "35.00", "3.00"],
  ]);
});
