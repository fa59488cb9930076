// Settings that do not go together: what would be ignored or fail later is said before a run begins.
import type { RunSettings } from "../files/config.js";
import { needProblems } from "../settings/needs.js";
import { type SettingValues, settings } from "../settings/settings.js";
import type { ModelRunSettings } from "./preset-settings.js";
import { presets } from "./presets.js";

type Combined = Pick<
  ModelRunSettings,
  | "model"
  | "preset"
  | "optimizer"
  | "learningRate"
  | "momentum"
  | "weightDecay"
  | "schedule"
  | "warmup"
  | "normalize"
  | "normalizeBy"
  | "net"
>;

/** A learning rate to begin with. Optimizers with the same one take one another's rates. */
const usualRate: Record<RunSettings["optimizer"], number> = {
  sgd: 0.05,
  nesterov: 0.05,
  adam: 0.001,
  adamw: 0.001,
  rmsprop: 0.0005,
  muon: 0.001,
};

/** A momentum to begin with, for optimizers that need one; beta1 for Adam and AdamW. */
const usualMomentum: Partial<Record<RunSettings["optimizer"], number>> = {
  nesterov: 0.9,
  adam: 0.9,
  adamw: 0.9,
  muon: 0.95,
};

/** Share of the steps in which the rate of the one-cycle schedule rises, to begin with. */
const usualRise = 0.3;

/** Values that replace the preset's where these do not suit another optimizer or schedule: those that `settingProblems` proposes. */
export const fittingValues = (
  { model, preset }: Pick<ModelRunSettings, "model" | "preset">,
  { optimizer, schedule }: Pick<SettingValues, "optimizer" | "schedule">,
): SettingValues => {
  const { warmup = 0, weightDecay = 0, ...own } = presets[preset][model];
  const momentum = optimizer && usualMomentum[optimizer];
  return {
    ...(optimizer &&
      usualRate[optimizer] !== usualRate[own.optimizer] && { learningRate: usualRate[optimizer] }),
    ...(momentum && own.momentum === 0 && { momentum }),
    ...(optimizer === "adam" && weightDecay > 0 && { weightDecay: 0 }),
    ...(schedule === "one-cycle" && (warmup === 0 || warmup >= 1) && { warmup: usualRise }),
  };
};

/**
 * What is wrong with the settings together, each as "expected ..., got ..." with flags and a fix; empty where nothing is.
 *
 * @param changes values that replaced the preset's
 * @param given values that were asked for. Default: these
 */
export const settingProblems = (
  settled: Combined,
  changes: SettingValues,
  given: SettingValues = changes,
): string[] => {
  const { model, preset, optimizer, learningRate, momentum, weightDecay, schedule, warmup } = settled;
  const { normalize, normalizeBy, net } = settled;
  const { optimizer: presetOptimizer } = presets[preset][model];
  const isAdam = optimizer === "adam" || optimizer === "adamw";
  const rules: [wrong: boolean, problem: string][] = [
    [
      usualRate[optimizer] !== usualRate[presetOptimizer] && changes.learningRate === undefined,
      `expected --lr with --optimizer ${optimizer}, got the ${learningRate} of preset ${preset}, which is for ${presetOptimizer}; pass for example --lr ${usualRate[optimizer]}`,
    ],
    [
      isAdam && momentum === 0 && changes.momentum === undefined,
      `expected --momentum, its beta1, with --optimizer ${optimizer}, got the 0 of preset ${preset}; pass --momentum ${usualMomentum[optimizer]}`,
    ],
    [
      optimizer === "muon" && momentum === 0 && changes.momentum === undefined,
      `expected --momentum with --optimizer muon, got the 0 of preset ${preset}; pass --momentum ${usualMomentum.muon}`,
    ],
    [
      optimizer === "nesterov" && momentum === 0,
      `expected --momentum above 0 with --optimizer nesterov, got 0; pass --momentum ${usualMomentum.nesterov}`,
    ],
    [
      optimizer === "adam" && weightDecay > 0,
      `expected --weight-decay 0 with --optimizer adam, got ${weightDecay}; pass --weight-decay 0, or --optimizer adamw`,
    ],
    [
      schedule === "one-cycle" && warmup >= 1,
      `expected --warmup below 1, the share of steps in which the rate rises, with --schedule one-cycle, got ${warmup}; pass --warmup ${usualRise}`,
    ],
    [
      schedule === "one-cycle" && warmup === 0,
      `expected --warmup above 0, the share of steps in which the rate rises, with --schedule one-cycle, got 0; pass --warmup ${usualRise}`,
    ],
    [
      normalizeBy === "imagenet" && !normalize,
      "expected --normalize with --normalize-by imagenet, got pixels in [0, 1]; pass --normalize",
    ],
    [
      given["net.init.weights"] === "dirac" && net.pointwise === 0,
      "expected --pointwise above 0 with --init dirac, which makes 1x1 convolutions the identity, got 0; pass --pointwise 2, or leave out --init",
    ],
  ];
  return [
    ...rules.flatMap(([wrong, problem]) => (wrong ? [problem] : [])),
    ...needProblems(settings, given, settled),
  ];
};
