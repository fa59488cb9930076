// Experiments ask for what `train` takes.
import { addOptions, flagReader, readOptions, recipeOptions } from "@mlpconv/cli-kit";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { experimentNames, experiments, type Trial } from "./experiments.js";

describe.each(experimentNames)("%s", (name) => {
  const trials: readonly Trial[] = experiments[name].trials;

  test("names each of its trials once, and no two trials have the same flags", () => {
    expect(new Set(trials.map(({ what }) => what)).size).toBe(trials.length);
    expect(new Set(trials.map(({ model, preset, flags }) => [model, preset, flags].join())).size).toBe(
      trials.length,
    );
  });

  test.each(trials)("the flags of $what are flags of train", ({ flags, preset }) => {
    const command = addOptions(new Command(), recipeOptions)
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    command.parse(["--preset", preset, ...flags.split(" ").filter(Boolean)], { from: "user" });
    const reader = flagReader("train");
    readOptions(recipeOptions, command.opts(), reader);
    expect(() => reader.check()).not.toThrow();
  });
});
