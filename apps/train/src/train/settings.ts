// What a run will do: the preset of its model, with what the command line says otherwise.

import { count, UsageError } from "@mlpconv/cli-kit";
import { type Dataset, type DatasetInfo, imageSide, testOptions } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import type { PresetName } from "@mlpconv/runs";
import { given, type TrainRequest } from "./options.js";
import { defaults, type Preset, presets } from "./presets.js";

export interface Settings extends Preset {
  /** Side of the square to which images are resized, in pixels. */
  resize: number;
  model: ModelName;
  preset: PresetName;
  seed: number;
}

/**
 * @param gpu whether the engine has one: it decides what nobody asked for by name
 * @param dataset whose images are taken at their own size where neither the command line nor the preset has another
 * @throws UsageError when the net has no such part
 */
export const settle = (
  request: TrainRequest,
  { gpu, dataset }: { gpu: boolean; dataset: Pick<DatasetInfo, "shape"> },
): Settings => {
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
    resize: imageSide(dataset),
    ...base,
    ...given({ ...changed, ...more }),
    net: {
      ...base.net,
      ...given({ dropout, lastRelu, pointwise }),
      init: { ...base.net.init, ...given({ weights, biases }) },
    },
  };
};

/**
 * The settings without a preset's limit where the data set has no more images than that.
 *
 * @throws UsageError when the command line asks for more images than there are
 */
export const fitLimit = <S extends Settings>(
  { limit, ...settings }: S,
  { limit: asked }: Pick<TrainRequest, "limit">,
  { name, train }: Pick<Dataset, "name" | "train">,
): Omit<S, "limit"> & Pick<Settings, "limit"> => {
  const [available] = train.shape;
  if (asked !== undefined && asked > available)
    throw new UsageError("train", [
      `expected --limit to be at most ${available}, the training images of ${name}, got ${asked}; leave it out to train on all`,
    ]);
  return limit === undefined || limit > available ? settings : { ...settings, limit };
};

/** What both loaders are given: the training images as the recipe wants them, the test images whole and in order. */
export const loaderOptions = (settings: Settings, data: DatasetInfo) => {
  const { limit, flip } = settings;
  const test = testOptions({ ...settings, data });
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
