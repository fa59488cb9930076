// Figures from made-up runs: what they say they show.
import { expect, test } from "vitest";
import { type PlateauResults, plateauFigures } from "./plateau-figures.js";

const layers = ["0.0", "0.2", "3.0", "3.2"];
const statistics = (factor: number) => ({
  scale: [1, 1, 0.5, 0.5],
  variation: [0.4, 0.2, 0.1, 0.02].map((share) => share * factor),
  gradient: [0.001, 0.002, 0.003, 0.004].map((value) => value * factor),
  weight: [1, 1, 1, 1],
  dead: [0, 0.5, 0.2, 0.4],
});
const row = { flags: "", seed: 0, layers };
const results: PlateauResults = {
  images: 2,
  starts: ["the chapter's recipe", "He's weights", "identity"].map((what) => ({
    ...row,
    what,
    ...statistics(1),
  })),
  rows: [
    {
      ...row,
      what: "the chapter's recipe",
      plateauSteps: 60,
      moments: [
        { step: 0, loss: null, ...statistics(1) },
        { step: 100, loss: 2.3, ...statistics(2) },
      ],
    },
    { ...row, what: "identity", plateauSteps: null, moments: [{ step: 0, loss: null, ...statistics(1) }] },
  ],
};
const figures = plateauFigures(results);
const description = (name: string) => figures[name]!.match(/<desc>(.*?)<\/desc>/)![1];

test("the difference between images is the share that varies times the size", () => {
  expect(description("start")).toContain("identity: 0.4 behind the first convolution, 0.01 behind the last");
  // The last convolution of each block.
  expect(description("signal")).toBe(
    "block 1 0.2 at first, 0.4 at last; block 2 0.01 at first, 0.02 at last.",
  );
});

test("gradients are those of a block's first convolution, dead channels the mean over the block", () => {
  expect(description("gradient")).toBe(
    "block 1 0.001 at first, 0.002 at last; block 2 0.003 at first, 0.006 at last.",
  );
  expect(description("dead")).toBe("block 1 0.25 at first, 0.25 at last; block 2 0.3 at first, 0.3 at last.");
});

test("all runs are in the figure of losses, with when they learned", () => {
  expect(description("variants")).toMatch(
    /recipe, seed 0: learned at step 60; identity, seed 0: never learned\.$/,
  );
});
