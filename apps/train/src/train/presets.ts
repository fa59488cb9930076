// The presets: what is trained how, as data. `quick` shows a net learning within minutes on a CPU, `d2l` is the book's chapter to
// the letter, `best` is our own recipe.

import { type ModelName, type Recipe, recipes } from "@mlpconv/models";
import type { Net, Recipe as Preset, PresetName } from "@mlpconv/runs";

const nets: Record<ModelName, Omit<Net, "init">> = {
  nin: { lastRelu: false },
  ninMnist: { lastRelu: false },
  ninCifar: { lastRelu: false },
  lenet: {},
  alexnet: {},
  vgg11: { ratio: 4 },
  vgg13: { ratio: 4 },
  vgg16: { ratio: 4 },
  vgg19: { ratio: 4 },
};

const he = { weights: "he", biases: "zeros" } as const;
/** NiN as it is without its 1x1 convolutions, which then learn to be more (results/README.md). */
const dirac = { weights: "dirac", biases: "zeros" } as const;
const xavier = { weights: "xavier", biases: "zeros" } as const;

const ours = {
  optimizer: "sgd",
  momentum: 0.9,
  schedule: "cosine",
  normalize: true,
  flip: true,
} as const;

/** One short pass. One pass cannot overfit, so nothing is mirrored. */
const quickNin = {
  ...ours,
  flip: false,
  epochs: 1,
  batchSize: 64,
  learningRate: 0.03,
  weightDecay: 0,
  warmup: 0.2,
} as const;
const quickVgg = (net: Omit<Net, "init">): Preset => ({
  ...quickNin,
  net: { ...net, init: he },
  resize: 32,
  limit: 12_800,
  batchSize: 32,
  learningRate: 0.01,
});

const quick: Record<ModelName, Preset> = {
  // The one that `pnpm train` shows: a third of the channels and two thirds of the images, in many small steps.
  ninMnist: {
    ...quickNin,
    net: { ...nets.ninMnist, ratio: 3, dropout: 0, init: he },
    limit: 40_000,
    batchSize: 32,
    warmup: 0.1,
  },
  ninCifar: { ...quickNin, net: { ...nets.ninCifar, ratio: 4, init: he } },
  // Learns in 400 small steps: the smallest round side, and what makes preset best work.
  nin: {
    ...quickNin,
    net: { ...nets.nin, init: dirac },
    resize: 72,
    limit: 12_800,
    batchSize: 32,
    optimizer: "adamw",
    learningRate: 0.001,
  },
  lenet: { ...quickNin, net: { init: xavier }, epochs: 2, learningRate: 0.1 },
  alexnet: { ...quickNin, net: { init: he }, resize: 96, limit: 12_800, batchSize: 32, learningRate: 0.01 },
  vgg11: quickVgg(nets.vgg11),
  vgg13: quickVgg(nets.vgg13),
  vgg16: quickVgg(nets.vgg16),
  vgg19: quickVgg(nets.vgg19),
};

/** `train_ch6`'s own: the net's recipe with plain SGD and pixels in [0, 1]. */
const d2lPreset = ({ ratio, init, ...recipe }: Recipe): Preset => ({
  ...recipe,
  net: { ratio, init, lastRelu: true },
  optimizer: "sgd",
  momentum: 0,
  weightDecay: 0,
  schedule: "constant",
  warmup: 0,
  normalize: false,
  flip: false,
});

const d2l: Record<ModelName, Preset> = {
  nin: d2lPreset(recipes.nin.d2l),
  ninMnist: d2lPreset(recipes.ninMnist.d2l),
  ninCifar: d2lPreset(recipes.ninCifar.d2l),
  lenet: d2lPreset(recipes.lenet.d2l),
  alexnet: d2lPreset(recipes.alexnet.d2l),
  vgg11: d2lPreset(recipes.vgg11.d2l),
  vgg13: d2lPreset(recipes.vgg13.d2l),
  vgg16: d2lPreset(recipes.vgg16.d2l),
  vgg19: d2lPreset(recipes.vgg19.d2l),
};

const long = {
  ...ours,
  epochs: 10,
  batchSize: 128,
  learningRate: 0.05,
  weightDecay: 5e-4,
  warmup: 200,
} as const;
/** What the same search found for NiN and for AlexNet (`pnpm bench recipe search`). */
const longAdamW = {
  ...long,
  batchSize: 64,
  optimizer: "adamw",
  learningRate: 0.001,
  weightDecay: 0.05,
} as const;
const bestVgg = (net: Omit<Net, "init">): Preset => ({
  ...long,
  net: { ...net, init: he },
  resize: 64,
});

const best: Record<ModelName, Preset> = {
  nin: { ...longAdamW, net: { ...nets.nin, init: dirac }, resize: 96 },
  ninMnist: { ...longAdamW, net: { ...nets.ninMnist, init: dirac } },
  ninCifar: { ...longAdamW, net: { ...nets.ninCifar, init: dirac }, resize: 32 },
  lenet: { ...long, net: { init: xavier }, learningRate: 0.1 },
  alexnet: { ...longAdamW, net: { init: he }, resize: 96 },
  vgg11: bestVgg(nets.vgg11),
  vgg13: bestVgg(nets.vgg13),
  vgg16: bestVgg(nets.vgg16),
  vgg19: bestVgg(nets.vgg19),
};

export const presets: Record<PresetName, Record<ModelName, Preset>> = { quick, d2l, best };

/** What is trained when nobody says: a GPU takes the chapter's net and our recipe, a CPU a small net for a minute or two. */
export const defaults = (
  { model, preset }: { model?: ModelName | undefined; preset?: PresetName | undefined },
  gpu: boolean,
): { model: ModelName; preset: PresetName } => {
  const chosen = preset ?? (gpu ? "best" : "quick");
  return { model: model ?? (chosen === "quick" ? "ninMnist" : "nin"), preset: chosen };
};
