// The settings that `train` makes of a trial's flags.
import { addOptions, flagReader, readOptions, recipeOptions, UsageError } from "@mlpconv/cli-kit";
import { fashionMnistInfo } from "@mlpconv/datasets";
import { type ModelRunSettings, presetSettings, settingProblems } from "@mlpconv/runs/recipe";
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
  const settings = presetSettings({ model, preset }, changes, fashionMnistInfo);
  const problems = settingProblems(settings, changes);
  if (problems.length > 0) throw new UsageError("train", problems);
  return settings;
};
