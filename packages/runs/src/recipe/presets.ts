// The presets as data. `quick` trains a model within minutes on a CPU, `d2l` uses exactly the settings of the book's chapter,
// `best` is our own recipe, and `pictures` is made of it for a folder of pictures.

import { type DatasetInfo, fashionMnistInfo } from "@mlpconv/datasets";
import { type ModelName, type Recipe, recipes } from "@mlpconv/models";
import type { Net, Recipe as Preset, PresetName } from "../files/config.js";

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
  ninBn: { lastRelu: false },
  googlenet: {},
  resnet18: {},
  resnet34: {},
  densenet: {},
};

const he = { weights: "he", biases: "zeros" } as const;
/** Initialisation with identity 1x1 convolutions, so that NiN starts as shallow as without them (results/README.md). */
const dirac = { weights: "dirac", biases: "zeros" } as const;
const xavier = { weights: "xavier", biases: "zeros" } as const;

const ours = {
  optimizer: "sgd",
  momentum: 0.9,
  schedule: "cosine",
  normalize: true,
  flip: true,
} as const;

/** One short pass. One pass cannot overfit, so images are not flipped. */
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

/** These nets halve the image five times: at 32 pixels a single value is left of a channel. */
const quickDeep = (net: Omit<Net, "init">): Preset => ({
  ...quickNin,
  net: { ...net, init: he },
  resize: 32,
  limit: 12_800,
  batchSize: 32,
});

const quick: Record<ModelName, Preset> = {
  // The default of `pnpm train`: a third of the channels and two thirds of the images, in many small steps.
  ninMnist: {
    ...quickNin,
    net: { ...nets.ninMnist, ratio: 3, dropout: 0, init: he },
    limit: 40_000,
    batchSize: 32,
    warmup: 0.1,
  },
  ninCifar: { ...quickNin, net: { ...nets.ninCifar, ratio: 4, init: he } },
  // Learns within 400 small steps: the smallest round size, and the initialisation that preset best needs.
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
  ninBn: { ...quickNin, net: { ...nets.ninBn, init: he }, resize: 72, limit: 12_800, batchSize: 32 },
  googlenet: quickDeep(nets.googlenet),
  resnet18: quickDeep(nets.resnet18),
  resnet34: quickDeep(nets.resnet34),
  densenet: quickDeep(nets.densenet),
};

/** The settings of d2l's `train_ch6`: the model's recipe with plain SGD and pixels in [0, 1]. */
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
  ninBn: d2lPreset(recipes.ninBn.d2l),
  googlenet: d2lPreset(recipes.googlenet.d2l),
  resnet18: d2lPreset(recipes.resnet18.d2l),
  resnet34: d2lPreset(recipes.resnet34.d2l),
  densenet: d2lPreset(recipes.densenet.d2l),
};

const long = {
  ...ours,
  epochs: 10,
  batchSize: 128,
  learningRate: 0.05,
  weightDecay: 5e-4,
  warmup: 200,
} as const;
/** Settings that the same search found for NiN and for AlexNet (`pnpm bench recipe search`). */
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
  // Its 1x1 convolutions have other numbers of outputs than inputs: none can be the identity.
  ninMnist: { ...longAdamW, net: { ...nets.ninMnist, init: he } },
  ninCifar: { ...longAdamW, net: { ...nets.ninCifar, init: dirac }, resize: 32 },
  lenet: { ...long, net: { init: xavier }, learningRate: 0.1 },
  alexnet: { ...longAdamW, net: { init: he }, resize: 96 },
  vgg11: bestVgg(nets.vgg11),
  vgg13: bestVgg(nets.vgg13),
  vgg16: bestVgg(nets.vgg16),
  vgg19: bestVgg(nets.vgg19),
  // No search has been done for these: the book's own.
  ninBn: d2l.ninBn,
  googlenet: d2l.googlenet,
  resnet18: d2l.resnet18,
  resnet34: d2l.resnet34,
  densenet: d2l.densenet,
};

/** A recipe for a few hundred pictures: small batches, so that there are many steps, and a warm-up that fits into a short run. */
const forPictures = (recipe: Preset): Preset => ({ ...recipe, batchSize: 32, warmup: 0.1 });

const deepForPictures = (net: Omit<Net, "init">): Preset =>
  forPictures({ ...long, net: { ...net, init: he }, resize: 96, learningRate: 0.02 });

const pictures: Record<ModelName, Preset> = {
  nin: forPictures(best.nin),
  // The default for a folder of pictures: a third of the channels, with which a CPU trains in a minute or two.
  ninMnist: {
    ...forPictures(best.ninMnist),
    net: { ...nets.ninMnist, ratio: 3, dropout: 0, init: he },
    resize: 48,
    learningRate: 0.004,
  },
  ninCifar: forPictures(best.ninCifar),
  lenet: forPictures(best.lenet),
  alexnet: forPictures(best.alexnet),
  vgg11: forPictures(best.vgg11),
  vgg13: forPictures(best.vgg13),
  vgg16: forPictures(best.vgg16),
  vgg19: forPictures(best.vgg19),
  ninBn: forPictures({ ...long, net: { ...nets.ninBn, init: he }, resize: 96 }),
  googlenet: deepForPictures(nets.googlenet),
  resnet18: deepForPictures(nets.resnet18),
  resnet34: deepForPictures(nets.resnet34),
  densenet: deepForPictures(nets.densenet),
};

/** Settings by preset and model. */
export const presets: Record<PresetName, Record<ModelName, Preset>> = { quick, d2l, best, pictures };

/** Training steps that a folder of pictures gets at least, and the most epochs that they may take. */
export const pictureSteps = { least: 600, mostEpochs: 200 } as const;

/** Epochs in which that many images give enough steps, but no fewer than the preset has. */
export const epochsForPictures = (
  { epochs, batchSize }: Pick<Preset, "epochs" | "batchSize">,
  images: number,
): number => {
  const stepsAnEpoch = Math.ceil(images / batchSize);
  return Math.max(epochs, Math.min(pictureSteps.mostEpochs, Math.ceil(pictureSteps.least / stepsAnEpoch)));
};

/** The net that is made for images of a size. */
const netBySize: ReadonlyMap<string, ModelName> = new Map([
  ["28x28x1", "ninMnist"],
  ["32x32x3", "ninCifar"],
]);

/** The net of a preset for images of other sizes. ninMnist takes all of them, and learns from a few hundred images. */
const netByPreset: Record<PresetName, ModelName> = {
  quick: "ninMnist",
  d2l: "nin",
  best: "nin",
  pictures: "ninMnist",
};

/**
 * Default model and preset. A data set may name a preset of its own, as a folder of pictures does. On the book's data set: on a GPU the chapter's model with preset best, on a CPU a small model that trains for a minute or two. On another
 * one the net is that of its image size, where there is one.
 */
export const defaults = (
  { model, preset }: { model?: ModelName | undefined; preset?: PresetName | undefined },
  gpu: boolean,
  dataset: Pick<DatasetInfo, "shape"> &
    Partial<Pick<DatasetInfo, "name">> & {
      defaults?: { preset?: PresetName | undefined };
    } = fashionMnistInfo,
): { model: ModelName; preset: PresetName } => {
  const chosen = preset ?? dataset.defaults?.preset ?? (gpu ? "best" : "quick");
  const { name, shape } = dataset;
  const bySize = name === fashionMnistInfo.name ? undefined : netBySize.get(shape.join("x"));
  // The book's preset is for the book's net, whatever the images.
  const own = chosen === "d2l" ? undefined : dataset.defaults?.preset;
  return { model: model ?? bySize ?? netByPreset[own ?? chosen], preset: chosen };
};
