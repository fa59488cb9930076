import { expect, it } from "vitest";
import { d2lLines, nextLine, summaryLines } from "./last-lines.js";

const summary = {
  model: "alexnet",
  preset: "d2l",
  engine: "wasm",
  dataset: "fashion-mnist",
  seed: 0,
  epochs: 10,
  loss: 0.3309,
  trainAccuracy: 0.87756,
  testAccuracy: 0.883,
  examplesPerSecond: 3941.84,
  parameters: 46764746,
  seconds: 261.2,
  peakRssBytes: 1e9,
  interrupted: false,
};

it("d2l ends as train_ch6 does", () => {
  expect(d2lLines(summary, "wasm (1 thread, SIMD)")).toEqual([
    "loss 0.331, train acc 0.878, test acc 0.883",
    "3941.8 examples/sec on wasm (1 thread, SIMD)",
  ]);
});

it("other runs end in words", () => {
  expect(summaryLines(summary, "wasm")).toEqual([
    "loss 0.331, train accuracy 0.878, test accuracy 0.883",
    "3,942 images/s on wasm, 4 min 21 s in all",
  ]);
});

it("a run that was interrupted before a test does not invent one", () => {
  expect(summaryLines({ ...summary, testAccuracy: null }, "wasm")[0]).toBe(
    "loss 0.331, train accuracy 0.878",
  );
});

it("a run's end names the next commands, with its name", () => {
  expect(nextLine("try-1")).toBe(
    "next: pnpm evaluate --run try-1 tests each class, pnpm report try-1 draws it",
  );
});
