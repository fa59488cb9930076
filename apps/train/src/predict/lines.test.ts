import { expect, it } from "vitest";
import { predictionLines } from "./lines.js";

const top = [{ class: "coat", probability: 0.5 }];

it("one line a picture, whatever its name", () => {
  const images = ["a\nb.png", "\u001b[31mred.png"].map((file) => ({ file, inverted: false, top }));
  expect(predictionLines(images, "auto")).toEqual([
    "a\\u000ab.png       coat 50.0%",
    "\\u001b[31mred.png  coat 50.0%",
  ]);
});
