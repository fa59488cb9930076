// The settings that `train` makes of a trial's flags.
import { addOptions, flagReader, readOptions, recipeOptions } from "@mlpconv/cli-kit";
import { fashionMnistInfo } from "@mlpconv/datasets";
import { type ModelRunSettings, presetSettings } from "@mlpconv/runs/recipe";
import { Command } from "commander";
import type { Trial } from "./experiments.js";

/** @throws UsageError, or commander's error, when a flag is wrong */
export const trialSettings = ({ model, preset, flags }: Omit<Trial, "seeds" | "what">): ModelRunSettings => {
  const command = addOptions(new Command(), recipeOptions)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(flags.split(" ").filter(Boolean), { from: "user" });
  const reader = flagReader("train");
  const {
    engine: _,
    dataset: __,
    data: ___,
    skipBad: ____,
    imageMemory: _____,
    ...changes
  } = readOptions(recipeOptions, command.opts(), reader);
  reader.check();
  return presetSettings({ model, preset }, changes, fashionMnistInfo);
};
