import { expect, it } from "vitest";
import { predictionLines } from "./lines.js";

const of = (inverted: boolean) => [{ file: "a.png", inverted, top: [{ class: "sun", probability: 0.5 }] }];

it("each picture has one line, whatever its name", () => {
  const [image] = of(false);
  const images = ["a\nb.png", "\u001b[31mred.png"].map((file) => ({ ...image!, file }));
  expect(predictionLines(images, "auto", { name: "skies" })).toEqual([
    "a\\u000ab.png       sun 50.0%",
    "\\u001b[31mred.png  sun 50.0%",
  ]);
});

it("an inverted picture's line gives the reason in terms of the run's data set", () => {
  expect(predictionLines(of(false), "auto", { name: "skies" })).toEqual(["a.png  sun 50.0%"]);
  expect(predictionLines(of(true), "yes", { name: "skies" })).toEqual(["a.png  sun 50.0%  inverted"]);
  expect(predictionLines(of(true), "auto", { name: "skies", background: "light" })).toEqual([
    "a.png  sun 50.0%  inverted",
    "inverted: dark in its corners, and the images of skies have a light background; --invert no leaves a picture as it is",
  ]);
});
