import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { flagReader } from "./flag-values.js";
import { addOptions, readOptions } from "./options.js";
import { recipeArguments, recipeDifferences, recipeOptions, settingsNotOf } from "./recipe-options.js";

const read = (...args: string[]) => {
  const reader = flagReader("train");
  const command = addOptions(
    new Command().exitOverride().configureOutput({ writeErr: () => {} }),
    recipeOptions,
  );
  const request = readOptions(recipeOptions, command.parse(args, { from: "user" }).opts(), reader);
  reader.check();
  return request;
};

const everything = [
  ...[
    "--preset",
    "best",
    "--engine",
    "native",
    "--resize",
    "96",
    "--channels",
    "1",
    "--fit",
    "pad",
    "--test-share",
    "0.3",
    "--epochs",
    "5",
  ],
  ...[
    "--batch-size",
    "64",
    "--optimizer",
    "adamw",
    "--lr",
    "0.05",
    "--momentum",
    "0.9",
    "--weight-decay",
    "0.0005",
  ],
  ...["--schedule", "cosine", "--warmup", "0.1", "--init", "he", "--biases", "zeros", "--dropout", "0.2"],
  ...["--pointwise", "1", "--no-last-relu", "--normalize", "--no-flip"],
  ...["--augment", "shift:2,erase:8", "--limit", "100"],
  ...["--dataset", "cifar10", "--data", "there", "--skip-bad", "--image-memory", "64"],
];

describe("recipeArguments", () => {
  it("asks for the same again", () => {
    expect(recipeArguments(read(...everything))).toEqual(everything);
    expect(read(...recipeArguments(read(...everything)))).toEqual(read(...everything));
  });

  it("leaves out what was left out", () => {
    expect(recipeArguments(read())).toEqual(["--engine", "auto"]);
  });
});

it.each([
  ["--momentum", "1", "from 0 to below 1"],
  ["--dropout", "", "from 0 to below 1"],
  ["--weight-decay", "-1", "from 0 up"],
  ["--warmup", "soon", "from 0 up"],
  ["--optimizer", "adamx", 'did you mean "adam"'],
  ["--schedule", "cosin", 'did you mean "cosine"'],
  ["--init", "kaiming", "one of he, xavier"],
  ["--biases", "none", "one of zeros, pytorch"],
  ["--pointwise", "5", "from 0 to 4"],
  ["--augment", "crop:2", "of --augment to be one of flip, shift:P, rotate:D"],
  [
    "--augment",
    "shift:0",
    "train: expected shift of --augment to be shift:P with P a whole number from 1 to 1024",
  ],
  ["--augment", "", 'got ""; write for example shift:2,erase:8'],
  ["--dataset", "cifar-10", /one of fashion-mnist, mnist, .*, got "cifar-10"; did you mean "cifar10"/],
])("refuses %s %s", (flag, value, expected) => {
  expect(() => read(flag, value)).toThrow(expected);
});

it("keeps augmentations in the order of their work", () => {
  expect(read("--augment", "erase:08, shift:2").augment).toBe("shift:2,erase:8");
});

describe("recipeDifferences", () => {
  const config = { learningRate: 0.1, flip: false, net: { lastRelu: true, init: { weights: "xavier" } } };

  it("finds none where nothing was asked for, or what is there", () => {
    expect(recipeDifferences(read(), config)).toEqual([]);
    expect(recipeDifferences(read("--lr", "0.1", "--init", "xavier", "--no-flip"), config)).toEqual([]);
  });

  it("names each", () => {
    expect(
      recipeDifferences(read("--lr", "0.2", "--init", "he", "--no-last-relu", "--dropout", "0"), config),
    ).toEqual([
      "--lr 0.2, and the run has 0.1",
      "--init he, and the run has xavier",
      "--dropout 0, and the run has none",
      "--last-relu false, and the run has true",
    ]);
  });
});

describe("settingsNotOf", () => {
  it("names what was asked for and the model does not have, with the models that have it", () => {
    expect(
      settingsNotOf("lenet", read("--last-relu", "--pointwise", "1", "--dropout", "0.3", "--lr", "1")),
    ).toEqual([
      "expected --dropout with nin, ninMnist, ninCifar, alexnet, vgg11, vgg13, vgg16, vgg19 or ninBn, got lenet; leave it out",
      "expected --pointwise with nin or ninBn, got lenet; leave it out",
      "expected --last-relu with nin, ninMnist, ninCifar or ninBn, got lenet; leave it out",
    ]);
    expect(settingsNotOf("nin", read("--no-last-relu", "--pointwise", "1"))).toEqual([]);
  });
});
