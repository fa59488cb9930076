// What a run will do: the preset of its model, with what the command line says otherwise.

import { count, testOptions, UsageError } from "@mlpconv/cli-kit";
import type { ModelName } from "@mlpconv/models";
import type { PresetName } from "@mlpconv/runs";
import { given, type TrainRequest } from "./options.js";
import { defaults, type Preset, presets } from "./presets.js";

export interface Settings extends Preset {
  model: ModelName;
  preset: PresetName;
  seed: number;
}

/**
 * @param gpu whether the engine has one: it decides what nobody asked for by name
 * @throws UsageError when the net has no such part
 */
export const settle = (request: TrainRequest, gpu: boolean): Settings => {
  const { model, preset } = defaults(request, gpu);
  const base = presets[preset][model];
  const { seed = 0, dropout, lastRelu, pointwise, weights, biases } = request;
  if (lastRelu !== undefined && !model.startsWith("nin"))
    throw new UsageError("train", [
      `expected --last-relu with nin, ninMnist or ninCifar, got ${model}; leave it out`,
    ]);
  if (pointwise !== undefined && model !== "nin")
    throw new UsageError("train", [`expected --pointwise with nin, got ${model}; leave it out`]);
  const { resize, epochs, limit, batchSize, optimizer, learningRate, momentum } = request;
  const { weightDecay, schedule, warmup, normalize, flip } = request;
  const changed = { resize, epochs, limit, batchSize, optimizer, learningRate, momentum };
  const more = { weightDecay, schedule, warmup, normalize, flip };
  return {
    model,
    preset,
    seed,
    ...base,
    ...given({ ...changed, ...more }),
    net: {
      ...base.net,
      ...given({ dropout, lastRelu, pointwise }),
      init: { ...base.net.init, ...given({ weights, biases }) },
    },
  };
};

/** What both loaders are given: the training images as the recipe wants them, the test images whole and in order. */
export const loaderOptions = (settings: Settings) => {
  const { limit, flip } = settings;
  const test = testOptions(settings);
  return { train: { ...test, shuffle: true, flip, ...(limit !== undefined && { limit }) }, test };
};

const initWords = {
  he: "He initialisation",
  xavier: "Xavier initialisation",
  dirac: "He initialisation, 1x1 convolutions as the identity",
};

/** The recipe in two lines of words: how it steps, and what it starts from. */
export const recipeLines = (settings: Settings): string[] => {
  const { net, epochs, batchSize, optimizer, learningRate, momentum } = settings;
  const { weightDecay, schedule, warmup, normalize, flip } = settings;
  const steps = warmup < 1 ? `${warmup * 100}% of the steps` : `${warmup} steps`;
  return [
    [
      `${count(epochs)} ${epochs === 1 ? "epoch" : "epochs"} in batches of ${batchSize}`,
      `${{ sgd: "SGD", adamw: "AdamW" }[optimizer]} at ${learningRate}`,
      momentum > 0 && `momentum ${momentum}`,
      weightDecay > 0 && `weight decay ${weightDecay}`,
      warmup > 0 && `warm-up over ${steps}`,
      schedule === "cosine" && "then a cosine",
    ],
    [
      initWords[net.init.weights],
      net.init.biases === "pytorch" && "PyTorch's default biases",
      net.dropout !== undefined && (net.dropout === 0 ? "no dropout" : `dropout ${net.dropout}`),
      net.pointwise !== undefined && `${net.pointwise} 1x1 convolutions a block`,
      net.lastRelu === false && "no ReLU after the last convolution",
      normalize ? "normalised pixels" : "pixels in [0, 1]",
      flip && "mirrored at random",
      `seed ${settings.seed}`,
    ],
  ].map((parts) => parts.filter(Boolean).join(", "));
};
