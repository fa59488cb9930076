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
  ...["--preset", "best", "--engine", "native", "--resize", "96", "--epochs", "5"],
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
  ...["--pointwise", "1", "--no-last-relu", "--normalize", "--no-flip", "--limit", "100"],
  ...["--data", "there"],
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
  ["--optimizer", "adam", 'did you mean "adamw"'],
  ["--schedule", "cosin", 'did you mean "cosine"'],
  ["--init", "kaiming", "one of he, xavier"],
  ["--biases", "none", "one of zeros, pytorch"],
  ["--pointwise", "5", "from 0 to 4"],
])("refuses %s %s", (flag, value, expected) => {
  expect(() => read(flag, value)).toThrow(expected);
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
    expect(settingsNotOf("lenet", read("--last-relu", "--pointwise", "1", "--lr", "1"))).toEqual([
      "expected --pointwise with nin, got lenet; leave it out",
      "expected --last-relu with nin, ninMnist or ninCifar, got lenet; leave it out",
    ]);
    expect(settingsNotOf("nin", read("--no-last-relu", "--pointwise", "1"))).toEqual([]);
  });
});
