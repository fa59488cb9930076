// The flags that say how nets are trained, which one run and a comparison of many take alike.

import { biasRules, optimizers, type PresetName, presetNames, schedules, weightRules } from "@mlpconv/runs";
import { type EngineName, engineNames } from "@mlpconv/tensor";
import type { Command } from "commander";
import {
  atLeastZero,
  type flagReader,
  folderPath,
  oneOf,
  positive,
  share,
  wholeNumber,
} from "./flag-values.js";

/** What `--engine` takes. */
export const engineChoices = ["auto", ...engineNames] as const;

/** The flags as they were typed. */
export interface RecipeFlags {
  preset?: string;
  engine?: string;
  resize?: string;
  epochs?: string;
  batchSize?: string;
  optimizer?: string;
  lr?: string;
  momentum?: string;
  weightDecay?: string;
  schedule?: string;
  warmup?: string;
  init?: string;
  biases?: string;
  dropout?: string;
  pointwise?: string;
  lastRelu?: boolean;
  normalize?: boolean;
  flip?: boolean;
  limit?: string;
  data?: string;
}

/** What a preset says and the command line may say otherwise; what is undefined is the preset's to say. */
export interface RecipeChanges {
  /** Side of the images in pixels. */
  resize: number | undefined;
  epochs: number | undefined;
  batchSize: number | undefined;
  optimizer: (typeof optimizers)[number] | undefined;
  learningRate: number | undefined;
  momentum: number | undefined;
  weightDecay: number | undefined;
  schedule: (typeof schedules)[number] | undefined;
  /** Steps; below 1: a share of all steps. */
  warmup: number | undefined;
  weights: (typeof weightRules)[number] | undefined;
  biases: (typeof biasRules)[number] | undefined;
  dropout: number | undefined;
  /** 1x1 convolutions in each block of NiN. */
  pointwise: number | undefined;
  /** ReLU after NiN's last convolution as well. */
  lastRelu: boolean | undefined;
  normalize: boolean | undefined;
  flip: boolean | undefined;
  /** Training images in an epoch. */
  limit: number | undefined;
}

/** The flags as they are meant. */
export interface RecipeRequest extends RecipeChanges {
  preset: PresetName | undefined;
  engine: EngineName | "auto";
  /** Folder of the data set's files. */
  data: string | undefined;
}

export const addRecipeFlags = (command: Command): Command =>
  command
    .option("--preset <name>", presetNames.join(", "))
    .option("--engine <name>", `auto, ${engineNames.join(", ")} (default: auto, the fastest there is)`)
    .option("--resize <pixels>", "side that the images are resized to")
    .option("--epochs <n>", "passes over the training images")
    .option("--batch-size <n>", "images in a step")
    .option("--optimizer <name>", `who takes the steps: ${optimizers.join(", ")}`)
    .option("--lr <x>", "learning rate")
    .option("--momentum <x>", "of SGD, or AdamW's beta1; 0 to below 1")
    .option("--weight-decay <x>", "of weights alone, not biases")
    .option("--schedule <name>", `of the learning rate: ${schedules.join(", ")}`)
    .option("--warmup <n>", "steps in which the learning rate grows; below 1: share of all steps")
    .option("--init <rule>", `how weights start: ${weightRules.join(", ")}`)
    .option("--biases <rule>", `how biases start: ${biasRules.join(", ")}`)
    .option("--dropout <x>", "share of activations that dropout sets to zero, 0 to below 1")
    .option("--pointwise <n>", "1x1 convolutions in each block of nin, 0 to 4")
    .option("--last-relu", "ReLU after the last convolution of the NiNs as well, as the paper has it")
    .option("--no-last-relu", "no ReLU there")
    .option("--normalize", "pixels of mean 0 and standard deviation 1")
    .option("--no-normalize", "pixels in [0, 1]")
    .option("--flip", "mirror half of the training images")
    .option("--no-flip", "mirror none")
    .option("--limit <n>", "train on n images only; all test images count in any case")
    .option("--data <dir>", "folder with the data set's files; else they are found or downloaded");

/** Reads them with the command's own reader, so that all problems are told together. */
export const readRecipeFlags = (
  flags: RecipeFlags,
  { given }: Pick<ReturnType<typeof flagReader>, "given">,
): RecipeRequest => ({
  preset: given(flags.preset, oneOf("--preset", presetNames)),
  engine: given(flags.engine, oneOf("--engine", engineChoices)) ?? "auto",
  resize: given(flags.resize, wholeNumber("--resize", 1, 1024)),
  epochs: given(flags.epochs, wholeNumber("--epochs", 1, 10_000)),
  batchSize: given(flags.batchSize, wholeNumber("--batch-size", 1, 1_000_000_000)),
  optimizer: given(flags.optimizer, oneOf("--optimizer", optimizers)),
  learningRate: given(flags.lr, positive("--lr")),
  momentum: given(flags.momentum, share("--momentum")),
  weightDecay: given(flags.weightDecay, atLeastZero("--weight-decay")),
  schedule: given(flags.schedule, oneOf("--schedule", schedules)),
  warmup: given(flags.warmup, atLeastZero("--warmup")),
  weights: given(flags.init, oneOf("--init", weightRules)),
  biases: given(flags.biases, oneOf("--biases", biasRules)),
  dropout: given(flags.dropout, share("--dropout")),
  pointwise: given(flags.pointwise, wholeNumber("--pointwise", 0, 4)),
  lastRelu: flags.lastRelu,
  normalize: flags.normalize,
  flip: flags.flip,
  limit: given(flags.limit, wholeNumber("--limit", 1, 1_000_000_000)),
  data: given(flags.data, folderPath("--data")),
});

/** The flag of each change, and the place of its value in a run's config.json. */
const places = {
  resize: ["--resize", "resize"],
  epochs: ["--epochs", "epochs"],
  batchSize: ["--batch-size", "batchSize"],
  optimizer: ["--optimizer", "optimizer"],
  learningRate: ["--lr", "learningRate"],
  momentum: ["--momentum", "momentum"],
  weightDecay: ["--weight-decay", "weightDecay"],
  schedule: ["--schedule", "schedule"],
  warmup: ["--warmup", "warmup"],
  weights: ["--init", "net.init.weights"],
  biases: ["--biases", "net.init.biases"],
  dropout: ["--dropout", "net.dropout"],
  pointwise: ["--pointwise", "net.pointwise"],
  lastRelu: ["--last-relu", "net.lastRelu"],
  normalize: ["--normalize", "normalize"],
  flip: ["--flip", "flip"],
  limit: ["--limit", "limit"],
} as const satisfies Record<keyof RecipeChanges, readonly [flag: string, place: string]>;

const changes = Object.keys(places) as (keyof RecipeChanges)[];

/** The arguments that ask another program for the same. */
export const recipeArguments = (request: RecipeRequest): string[] => {
  const { preset, engine, data } = request;
  const others = { "--preset": preset, "--engine": engine, "--data": data };
  const all = [...Object.entries(others), ...changes.map((key) => [places[key][0], request[key]] as const)];
  return all.flatMap(([flag, value]) => {
    if (value === undefined) return [];
    if (typeof value === "boolean") return [value ? flag : flag.replace("--", "--no-")];
    return [flag, String(value)];
  });
};

type Asked = { [K in keyof RecipeChanges]?: RecipeChanges[K] } & {
  model?: string | undefined;
  preset?: string | undefined;
  seed?: number | undefined;
  engine: EngineName | "auto";
};

/** What was asked for on the command line and is not what a run's config.json says: "--lr 0.1, and the run has 0.05". */
export const recipeDifferences = (request: Asked, config: object): string[] => {
  const asked = [
    ["--model", "model", request.model],
    ["--preset", "preset", request.preset],
    ...changes.map((key) => [...places[key], request[key]] as const),
    ["--seed", "seed", request.seed],
    ["--engine", "engine", request.engine === "auto" ? undefined : request.engine],
  ] as const;
  return asked.flatMap(([flag, place, value]) => {
    const has = valueAt(config, place);
    return value === undefined || value === has ? [] : [`${flag} ${value}, and the run has ${has ?? "none"}`];
  });
};

const valueAt = (config: object, place: string): unknown =>
  place
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);
