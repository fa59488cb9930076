// What a run will do: the preset of its model, with what the command line says otherwise.
import type { ModelName } from "@mlpconv/models";
import type { PresetName } from "@mlpconv/programs";
import { count, testOptions } from "@mlpconv/programs";
import type { TrainRequest } from "./options.js";
import { defaults, type Preset, presets } from "./presets.js";

export interface Settings extends Preset {
  model: ModelName;
  preset: PresetName;
  seed: number;
}

/** @param gpu whether the engine has one: it decides what nobody asked for by name */
export const settle = (request: TrainRequest, gpu: boolean): Settings => {
  const { model, preset } = defaults(request, gpu);
  const { resize, epochs, batchSize, learningRate, limit, seed = 0 } = request;
  const recipe: Preset = {
    ...presets[preset][model],
    ...(resize !== undefined && { resize }),
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batchSize }),
    ...(learningRate !== undefined && { learningRate }),
    ...(limit !== undefined && { limit }),
  };
  return { model, preset, seed, ...recipe };
};

/** What both loaders are given: the training images as the recipe wants them, the test images whole and in order. */
export const loaderOptions = (settings: Settings) => {
  const { limit, flip } = settings;
  const test = testOptions(settings);
  return { train: { ...test, shuffle: true, flip, ...(limit !== undefined && { limit }) }, test };
};

/** The recipe in two lines of words: how it steps, and what it starts from. */
export const recipeLines = (settings: Settings): string[] => {
  const { net, epochs, batchSize, learningRate, momentum, weightDecay, schedule, warmup, normalize, flip } =
    settings;
  const steps = warmup < 1 ? `${warmup * 100}% of the steps` : `${warmup} steps`;
  return [
    [
      `${count(epochs)} ${epochs === 1 ? "epoch" : "epochs"} in batches of ${batchSize}`,
      `SGD at ${learningRate}`,
      momentum > 0 && `momentum ${momentum}`,
      weightDecay > 0 && `weight decay ${weightDecay}`,
      warmup > 0 && `warm-up over ${steps}`,
      schedule === "cosine" && "then a cosine",
    ],
    [
      `${net.init.weights === "he" ? "He" : "Xavier"} initialisation`,
      net.init.biases === "pytorch" && "PyTorch's default biases",
      normalize ? "normalised pixels" : "pixels in [0, 1]",
      flip && "mirrored at random",
      `seed ${settings.seed}`,
    ],
  ].map((parts) => parts.filter(Boolean).join(", "));
};
