// Experiments ask for what `train` takes.
import { describe, expect, test } from "vitest";
import { experiments, type Trial } from "./experiments.js";
import { choiceExperiments, gpuExperiments } from "./gpu-experiments.js";
import { trialSettings } from "./trial-settings.js";

const choice = choiceExperiments({
  factors: {
    erasing: "--augment erase:8",
    "averaged weights": "--ema 0.999",
    "smoothed labels": "--label-smoothing 0.1",
  },
  seeds: 3,
  variants: { "erasing 4": "--augment erase:4" },
});
const all: readonly [name: string, trials: readonly Trial[]][] = Object.entries({
  ...experiments,
  ...gpuExperiments,
}).map(([name, { trials }]) => [name, trials]);

describe.each(all)("%s", (_, trials) => {
  test("names each of its trials once, and no two trials have the same flags", () => {
    expect(new Set(trials.map(({ what }) => what)).size).toBe(trials.length);
    expect(new Set(trials.map(({ model, preset, flags }) => [model, preset, flags].join())).size).toBe(
      trials.length,
    );
  });

  test.each(trials)("the flags of $what are flags of train", (trial) => {
    expect(() => trialSettings(trial)).not.toThrow();
  });
});

test("a trial's flags replace the settings of its preset", () => {
  const settings = trialSettings({ model: "nin", preset: "best", flags: "--lr 0.5 --val-share 0.1" });
  expect(settings).toMatchObject({ preset: "best", resize: 96, learningRate: 0.5, valShare: 0.1 });
  expect(() => trialSettings({ model: "nin", preset: "best", flags: "--lr fast" })).toThrow("--lr");
  // What `train` refuses although each flag is right by itself.
  expect(() => trialSettings({ model: "nin", preset: "best", flags: "--schedule one-cycle" })).toThrow(
    "--warmup",
  );
});

test("the search holds out 5,000 training images in each of its trials", () => {
  for (const trial of gpuExperiments.tuning.trials) {
    const { valShare } = trialSettings(trial);
    expect(10 * Math.round(6000 * valShare!)).toBe(5000);
  }
});

test("a choice is trained with all of its factors, and without each of them", () => {
  const flagsOf = (name: string) =>
    choice[name]!.trials.map(({ what, flags, seeds }) => [what, flags.trim(), seeds]);
  expect(flagsOf("chosen")).toEqual([
    ["chosen recipe", "--augment erase:8 --ema 0.999 --label-smoothing 0.1", 3],
  ]);
  expect(flagsOf("ablations")).toEqual([
    ["without erasing", "--ema 0.999 --label-smoothing 0.1", 2],
    ["without averaged weights", "--augment erase:8 --label-smoothing 0.1", 2],
    ["without smoothed labels", "--augment erase:8 --ema 0.999", 2],
    ["erasing 4", "--augment erase:4", 2],
  ]);
});
