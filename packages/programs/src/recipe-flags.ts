// The flags that say how nets are trained, which one run and a comparison of many take alike.
import { type EngineName, engineNames } from "@mlpconv/tensor";
import type { Command } from "commander";
import { engineChoices, type PresetName, presetNames } from "./choices.js";
import { type flagReader, folderPath, oneOf, positive, wholeNumber } from "./flag-values.js";

/** The flags as they were typed. */
export interface RecipeFlags {
  preset?: string;
  engine?: string;
  resize?: string;
  epochs?: string;
  batchSize?: string;
  lr?: string;
  limit?: string;
  data?: string;
}

/** The flags as they are meant; what is undefined is the preset's to say. */
export interface RecipeRequest {
  preset: PresetName | undefined;
  engine: EngineName | "auto";
  /** Side of the images in pixels. */
  resize: number | undefined;
  epochs: number | undefined;
  batchSize: number | undefined;
  learningRate: number | undefined;
  /** Training images in an epoch. */
  limit: number | undefined;
  /** Folder of the four IDX files. */
  data: string | undefined;
}

export const addRecipeFlags = (command: Command): Command =>
  command
    .option("--preset <name>", presetNames.join(", "))
    .option("--engine <name>", `auto, ${engineNames.join(", ")} (default: auto, the fastest there is)`)
    .option("--resize <pixels>", "side that the images are resized to")
    .option("--epochs <n>", "passes over the training images")
    .option("--batch-size <n>", "images in a step")
    .option("--lr <x>", "learning rate")
    .option("--limit <n>", "train on n images only; all 10,000 test images count in any case")
    .option("--data <dir>", "folder with the four IDX files; else they are found or downloaded");

/** Reads them with the command's own reader, so that all problems are told together. */
export const readRecipeFlags = (
  flags: RecipeFlags,
  { given }: Pick<ReturnType<typeof flagReader>, "given">,
): RecipeRequest => ({
  preset: given(flags.preset, oneOf("--preset", presetNames)),
  engine: given(flags.engine, oneOf("--engine", engineChoices)) ?? "auto",
  resize: given(flags.resize, wholeNumber("--resize", 1, 1024)),
  epochs: given(flags.epochs, wholeNumber("--epochs", 1, 10_000)),
  batchSize: given(flags.batchSize, wholeNumber("--batch-size", 1, 60_000)),
  learningRate: given(flags.lr, positive("--lr")),
  limit: given(flags.limit, wholeNumber("--limit", 1, 60_000)),
  data: given(flags.data, folderPath("--data")),
});

const flagOf = {
  model: "--model",
  preset: "--preset",
  resize: "--resize",
  epochs: "--epochs",
  batchSize: "--batch-size",
  learningRate: "--lr",
  seed: "--seed",
  limit: "--limit",
} as const;
type RecipeKey = keyof typeof flagOf;

/** What was asked for on the command line and is not what a run's config.json says: "--lr 0.1, and the run has 0.05". */
export const recipeDifferences = (
  request: { [K in RecipeKey]?: string | number | undefined } & { engine: EngineName | "auto" },
  config: { [K in RecipeKey | "engine"]?: unknown },
): string[] => {
  const keys = Object.keys(flagOf) as RecipeKey[];
  const wrong = keys
    .filter((key) => request[key] !== undefined && request[key] !== config[key])
    .map((key) => `${flagOf[key]} ${request[key]}, and the run has ${config[key] ?? "none"}`);
  if (request.engine !== "auto" && request.engine !== config.engine)
    wrong.push(`--engine ${request.engine}, and the run has ${config.engine}`);
  return wrong;
};
