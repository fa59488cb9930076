import { expect, test } from "vitest";
import { readTrainOptions, trainOptions } from "../../../train/src/train/options.js";
import { commandLine } from "./command-line.js";
import { modelNames, type NetworkChoice } from "./recipes.js";

const choice: NetworkChoice = {
  model: "nin",
  preset: "d2l",
  changes: { learningRate: 0.05, flip: true, normalize: false, "net.pointwise": 1 },
};

test("the command has the model, the preset and what differs from it", () => {
  expect(commandLine(choice, { source: "served" }, "auto")).toEqual({
    command: "npx mlpconv train --model nin --preset d2l --lr 0.05 --pointwise 1 --no-normalize --flip",
    otherData: false,
  });
});

test("data that the command does not have is noted", () => {
  const narrow: NetworkChoice = { model: "ninMnist", preset: "quick", changes: { "net.ratio": 6 } };
  expect(commandLine(narrow, { source: "synthetic", train: 100, test: 100 }, "wasm")).toEqual({
    command: "npx mlpconv train --model ninMnist --preset quick --ratio 6 --engine wasm",
    otherData: true,
  });
});

test("the page has the models of `train`", () => {
  expect(modelNames).toEqual(trainOptions.model.kind.choices);
});

test("`train` reads the command's flags", () => {
  expect(
    readTrainOptions({
      model: "nin",
      preset: "d2l",
      lr: "0.05",
      flip: true,
      normalize: false,
      pointwise: "1",
    }),
  ).toMatchObject({
    learningRate: 0.05,
    flip: true,
    normalize: false,
    "net.pointwise": 1,
  });
});
