import { expect, it } from "vitest";
import { accuracyLine, fileColumns, inversionNote, predictionLine } from "./lines.js";

const of = (file: string, more: object = {}) => ({
  ...{ file, inverted: false, top: [{ class: "sun", probability: 0.5 }] },
  ...more,
});
const lines = (files: readonly string[]) => files.map((file) => predictionLine(of(file), fileColumns(files)));

it("each picture has one line, whatever its name", () => {
  expect(lines(["a\nb.png", "\u001b[31mred.png"])).toEqual([
    "a\\u000ab.png       sun 50.0%",
    "\\u001b[31mred.png  sun 50.0%",
  ]);
});

it("names with wide letters are aligned, and a very long one moves its own line alone", () => {
  const long = `${"x".repeat(60)}.png`;
  expect(lines(["红色.png", "a.png", long])).toEqual([
    "红色.png  sun 50.0%",
    "a.png     sun 50.0%",
    `${long}  sun 50.0%`,
  ]);
});

it("a picture's line says whether it was inverted, and what its folder says where that is another class", () => {
  expect(predictionLine(of("a.png", { inverted: true }), 5)).toBe("a.png  sun 50.0%  inverted");
  expect(predictionLine(of("a.png", { label: "sun" }), 5)).toBe("a.png  sun 50.0%");
  expect(predictionLine(of("a.png", { label: "红" }), 5)).toBe("a.png  sun 50.0%  is 红");
});

it("the reason of inversion is in terms of the run's data set", () => {
  expect(inversionNote({ name: "skies", background: "light" })).toBe(
    "inverted: dark in its corners, and the images of skies have a light background; --invert no leaves a picture as it is",
  );
});

it("the accuracy has its counts", () => {
  expect(accuracyLine({ correct: 1400, labelled: 1500 })).toBe(
    "accuracy 0.9333: 1,400 of 1,500 pictures in folders named after classes",
  );
});
