import { fashionMnistInfo } from "@mlpconv/datasets";
import { presetSettings } from "@mlpconv/runs/recipe";
import type { Engine } from "@mlpconv/tensor";
import { expect, it } from "vitest";
import { planLines } from "./first-lines.js";

const lines = (batches: number) =>
  planLines({
    settings: presetSettings({ model: "lenet", preset: "best" }, { epochs: 2 }, fashionMnistInfo),
    engine: { name: "cpu", device: "1 thread" } as Engine,
    parameters: 1,
    dataset: "few",
    source: "code",
    available: 10,
    loaders: { train: { batches, examples: 10 }, test: { examples: 1 } },
    secondsPerPass: 1,
    folder: "runs/few",
  }).join("\n");

it("says that a warm-up takes the whole run, and nothing where it does not", () => {
  expect(lines(100)).toContain(
    "warm-up  takes all 200 steps, of 200: the learning rate stays below the full one",
  );
  expect(lines(101)).not.toContain("warm-up  takes");
});
