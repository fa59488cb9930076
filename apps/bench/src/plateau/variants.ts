// The ways to train that `bench plateau` looks into: the chapter's recipe and changes to it.
import type { Trial } from "../recipe/experiments.js";

const variant = (what: string, flags: string, seeds = 1): Trial => ({
  what,
  model: "nin",
  preset: "d2l",
  // 72 pixels as in the experiments of `bench recipe`: two epochs are 938 steps.
  flags: `--resize 72 --epochs 2 ${flags}`.trim(),
  seeds,
});

/** The variant that is the recipe itself. */
export const chapterRecipe = "the chapter's recipe";

export const variants: readonly Trial[] = [
  variant(chapterRecipe, "", 3),
  variant("He's weights", "--init he"),
  variant("identity", "--init dirac"),
  variant("identity, rate 0.02", "--init dirac --lr 0.02"),
  variant("identity, no last ReLU", "--init dirac --no-last-relu"),
  variant("no 1x1 convolutions", "--pointwise 0"),
];

/** What is measured before training alone, each with three seeds: how long it trains is known from `bench recipe alone`. */
export const starts: readonly Trial[] = [
  variant(chapterRecipe, "", 3),
  variant("biases of zero", "--biases zeros", 3),
  variant("no 1x1 convolutions", "--pointwise 0", 3),
  variant("one 1x1 convolution a block", "--pointwise 1", 3),
  variant("three 1x1 convolutions a block", "--pointwise 3", 3),
  variant("He's weights", "--init he", 3),
  variant("identity", "--init dirac", 3),
];
