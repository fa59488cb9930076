// Figures about classes: the confusion matrix, the bars, the mistakes, the class maps.
import { decode } from "fast-png";
import { expect, test } from "vitest";
import { classes, sampleAnalysis, sampleClasses, sampleEvaluation } from "../../../runs/test/sample-run.js";
import { elements, texts } from "../../test/svg.js";
import { classAccuracies } from "../class-accuracies.js";
import { colour } from "../themes.js";
import { classAccuracy } from "./class-accuracy.js";
import { classMapsFigure, logitsOf } from "./class-maps.js";
import { confusionMatrix } from "./confusion-matrix.js";
import { mistakesGrid } from "./mistakes.js";

const cells = (svg: string) => elements(svg, "rect").filter((rect) => rect.class === "cell");

test("a cell's shade is the square root of its share of its row", () => {
  const drawn = cells(confusionMatrix("try-1", sampleEvaluation));
  expect(drawn.map((rect) => Number(rect["fill-opacity"]))).toEqual([0.8, 0.6, 0, 0, 1, 0, 0.71, 0.2, 0.68]);
  const [heat, warm] = [colour("heat"), colour("warm")];
  expect(drawn.map(({ fill }) => fill)).toEqual([heat, warm, warm, warm, heat, warm, warm, warm, heat]);
  const rows = [0, 0, 0, 36, 36, 36, 72, 72, 72];
  expect(drawn.map(({ y }) => Number(y) - Number(drawn[0]!.y))).toEqual(rows);
});

test("the counts are written in the cells, and the worst mistake in the description", () => {
  const svg = confusionMatrix("try-1", sampleEvaluation);
  expect(
    texts(svg)
      .filter((text) => /^\d+$/.test(text))
      .map(Number),
  ).toEqual(sampleEvaluation.confusion.flat());
  expect(svg).toContain("bag predicted as t-shirt, 50 times; 0.460 of bag are right");
});

test("a net without mistakes and a class without images can be drawn", () => {
  const confusion = [
    [1, 0],
    [0, 0],
  ];
  const evaluation = { ...sampleEvaluation, confusion, classes: sampleClasses(["a", "b"]) };
  expect(confusionMatrix("try-1", evaluation)).toContain("There are no mistakes.");
  expect(classAccuracies(evaluation)).toEqual([1, null]);
  expect(texts(classAccuracy("try-1", evaluation))).toEqual(["a", "1.000", "b", "no images"]);
});

test("a bar is as long as its class's accuracy", () => {
  const svg = classAccuracy("try-1", sampleEvaluation);
  const bars = elements(svg, "rect").filter((rect) => rect.class === "bar");
  const longest = Number(bars[1]!.width);
  expect(bars.map(({ width }) => Number(width) / longest)).toEqual([0.64, 1, 0.46]);
  expect(texts(svg)).toEqual(["t-shirt", "0.640", "trouser", "1.000", "bag", "0.460"]);
});

const imageOf = ({ href }: Record<string, string>) =>
  decode(Uint8Array.from(atob(href!.slice("data:image/png;base64,".length)), (c) => c.charCodeAt(0)));

test("mistakes have their images, pixel by pixel, and name the true and the predicted class", () => {
  const svg = mistakesGrid("try-1", sampleAnalysis, sampleAnalysis.mistakes!);
  const [first, second] = elements(svg, "image").map(imageOf);
  expect([first!.width, first!.height, first!.channels]).toEqual([28, 28, 1]);
  expect(new Set(first!.data)).toEqual(new Set([40]));
  expect(new Set(second!.data)).toEqual(new Set([80]));
  expect(texts(svg)).toEqual(["trouser 0.75", "is t-shirt", "t-shirt 0.75", "is bag"]);
});

test("colour images are drawn in their colours, and wider ones than high as large as fits", () => {
  const pixels = btoa(String.fromCharCode(...[255, 0, 0, 0, 0, 255]));
  const analysis = { classes, imageShape: [1, 2, 3] as [number, number, number] };
  const svg = mistakesGrid("try-1", analysis, [{ ...sampleAnalysis.mistakes![0]!, pixels }]);
  const [image] = elements(svg, "image");
  expect(image!.width).toBe(image!.height);
  expect(image).not.toHaveProperty("preserveAspectRatio");
  const { width, height, channels, data } = imageOf(image!);
  expect({ width, height, channels }).toEqual({ width: 2, height: 1, channels: 3 });
  expect([...data]).toEqual([255, 0, 0, 0, 0, 255]);
});

test("a large colour image fits in the page", () => {
  const bytes = Uint8Array.from({ length: 300 * 300 * 3 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
  const analysis = { classes, imageShape: [300, 300, 3] as [number, number, number] };
  const pixels = Buffer.from(bytes).toString("base64");
  const svg = mistakesGrid("try-1", analysis, [{ ...sampleAnalysis.mistakes![0]!, pixels }]);
  expect(Buffer.from(imageOf(elements(svg, "image")[0]!).data).equals(bytes)).toBe(true);
});

test("no more than 24 mistakes are drawn, six in a row", () => {
  const svg = mistakesGrid("try-1", sampleAnalysis, Array(30).fill(sampleAnalysis.mistakes![0]!));
  const places = elements(svg, "image").map(({ x, y }) => `${x},${y}`);
  expect(places).toHaveLength(24);
  expect(new Set(places).size).toBe(24);
  expect(new Set(elements(svg, "image").map(({ y }) => y)).size).toBe(4);
});

const [sample] = sampleAnalysis.classMaps!;

test("the mean of a map is its logit", () => {
  expect(logitsOf(sample!)).toEqual([0, 2, 0]);
  const svg = classMapsFigure("try-1", sampleAnalysis, [sample!]);
  expect(texts(svg)).toEqual([...classes, "trouser", "0.00", "2.00", "0.00"]);
  expect(elements(svg, "text").filter((text) => text["font-weight"] === "600")).toHaveLength(1);
});

test("a map is blue where it is positive, orange where negative, and as strong as its value beside the row's largest", () => {
  const [, first, second] = elements(classMapsFigure("try-1", sampleAnalysis, [sample!]), "image").map(
    imageOf,
  );
  const pixel = (image: ReturnType<typeof decode>, i: number) => [...image.data.slice(4 * i, 4 * i + 4)];
  expect([first!.width, first!.height, first!.channels]).toEqual([2, 2, 4]);
  const [orange, nothing, blue] = [0, 1, 2].map((i) => pixel(first!, i));
  expect([orange![3], nothing![3], blue![3]]).toEqual([64, 0, 64]);
  expect(orange![0]).toBeGreaterThan(orange![2]!);
  expect(blue![2]).toBeGreaterThan(blue![0]!);
  expect([0, 1, 2, 3].map((i) => pixel(second!, i)[3])).toEqual([255, 128, 64, 64]);
});

test("maps of zeros are empty, and the frame marks the true class", () => {
  const zeros = { ...sample!, maps: sample!.maps.map((map) => map.map(() => 0)) };
  const svg = classMapsFigure("try-1", sampleAnalysis, [zeros]);
  for (const image of elements(svg, "image").slice(1).map(imageOf))
    expect(new Set(image.data.filter((_, i) => i % 4 === 3))).toEqual(new Set([0]));
  const frames = elements(svg, "rect").filter(({ fill }) => fill === "none");
  expect(frames.map((frame) => frame["stroke-width"])).toEqual(["1", "2.5", "1"]);
});
