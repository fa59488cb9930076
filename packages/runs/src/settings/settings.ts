// The table of settings: all that a user decides of a run. A row's key is its place in config.json. Flags, help, completion, types, the
// schema of config.json, the arguments of child processes and the columns of comparisons derive from it, so that a new hyperparameter is
// one row here and its use.
import { type Kind, notNegative, oneOf, onOff, positive, share, wholeNumber } from "./kinds.js";
import { valueAt } from "./places.js";
import { type SettingTable, setting } from "./setting.js";

/** Presets that a run can be trained by. */
export const presetNames = ["quick", "d2l", "best"] as const;
const optimizers = { sgd: "SGD", adamw: "AdamW" } as const;
const schedules = { constant: undefined, cosine: "cosine schedule" } as const;
const weightRules = {
  he: "He initialisation",
  xavier: "Xavier initialisation",
  dirac: "He initialisation, 1x1 convolutions as the identity",
} as const;
const biasRules = { zeros: undefined, pytorch: "PyTorch's default biases" } as const;

const namesOf = <Name extends string>(words: Readonly<Record<Name, unknown>>) => Object.keys(words) as Name[];
const list = (words: object): string => Object.keys(words).join(", ");
const plural = (n: number, word: string): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? word : `${word}s`}`;

/** The recipe and the images that it trains on. */
const base = {
  preset: setting({
    flag: "--preset <name>",
    kind: oneOf(presetNames),
    help: presetNames.join(", "),
  }),
  resize: setting({
    flag: "--resize <pixels>",
    kind: wholeNumber(1, 1024),
    help: "side that the images are resized to",
    column: "pixels",
  }),
};

/** How training steps. */
const training = {
  epochs: setting({
    flag: "--epochs <n>",
    kind: wholeNumber(1, 10_000),
    help: "passes over the training images",
    words: (n) => plural(n, "epoch"),
  }),
  batchSize: setting({
    flag: "--batch-size <n>",
    kind: wholeNumber(1, 1_000_000_000),
    help: "images in a step",
    words: (n) => `batches of ${n}`,
  }),
  shards: setting({
    flag: "--shards <n>",
    kind: wholeNumber(1, 4096),
    help: "parts in which a batch is computed and summed, a power of two (default: one for each process)",
    default: 1,
    words: (n) => (n === 1 ? undefined : `in ${n} shards`),
  }),
  optimizer: setting({
    flag: "--optimizer <name>",
    kind: oneOf(namesOf(optimizers)),
    help: `optimizer: ${list(optimizers)}`,
    words: (name) => optimizers[name],
  }),
  learningRate: setting({
    flag: "--lr <x>",
    kind: positive,
    help: "learning rate",
    words: (x) => `learning rate ${x}`,
  }),
  momentum: setting({
    flag: "--momentum <x>",
    kind: share,
    help: "momentum of SGD, or AdamW's beta1; 0 to below 1",
    default: 0,
    words: (x) => (x === 0 ? undefined : `momentum ${x}`),
  }),
  weightDecay: setting({
    flag: "--weight-decay <x>",
    kind: notNegative,
    help: "weight decay, of weights alone, not biases",
    default: 0,
    words: (x) => (x === 0 ? undefined : `weight decay ${x}`),
  }),
  schedule: setting({
    flag: "--schedule <name>",
    kind: oneOf(namesOf(schedules)),
    help: `schedule of the learning rate: ${list(schedules)}`,
    default: "constant",
    words: (name) => schedules[name],
  }),
  warmup: setting({
    flag: "--warmup <n>",
    kind: notNegative,
    help: "steps in which the learning rate grows; below 1: share of all steps",
    default: 0,
    words: (n) => {
      if (n === 0) return undefined;
      return `warm-up over ${n < 1 ? `${n * 100}% of the steps` : plural(n, "step")}`;
    },
  }),
};

/** What training starts from: the model and its input. */
const start = {
  "net.init.weights": setting({
    flag: "--init <rule>",
    kind: oneOf(namesOf(weightRules)),
    help: `how weights start: ${list(weightRules)}`,
    words: (rule) => weightRules[rule],
  }),
  "net.init.biases": setting({
    flag: "--biases <rule>",
    kind: oneOf(namesOf(biasRules)),
    help: `how biases start: ${list(biasRules)}`,
    words: (rule) => biasRules[rule],
  }),
  "net.dropout": setting({
    flag: "--dropout <x>",
    kind: share,
    help: "share of activations that dropout sets to zero, 0 to below 1",
    absent: "the model's own, 0.5",
    words: (x) => (x === 0 ? "no dropout" : `dropout ${x}`),
  }),
  "net.pointwise": setting({
    flag: "--pointwise <n>",
    kind: wholeNumber(0, 4),
    help: "1x1 convolutions in each block of nin, 0 to 4",
    absent: "the model's own, 2",
    models: ["nin"],
    words: (n) => `${n} 1x1 convolutions a block`,
  }),
  "net.lastRelu": setting({
    flag: "--last-relu",
    kind: onOff,
    help: "ReLU after the last convolution of the NiNs as well, as the paper has it",
    helpOff: "no ReLU there",
    absent: "the model's own, true",
    models: ["nin", "ninMnist", "ninCifar"],
    words: (on) => (on ? undefined : "no ReLU after the last convolution"),
  }),
  normalize: setting({
    flag: "--normalize",
    kind: onOff,
    help: "pixels of mean 0 and standard deviation 1",
    helpOff: "pixels in [0, 1]",
    default: false,
    words: (on) => (on ? "normalised pixels" : "pixels in [0, 1]"),
  }),
  flip: setting({
    flag: "--flip",
    kind: onOff,
    help: "mirror half of the training images",
    helpOff: "mirror none",
    default: false,
    words: (on) => (on ? "mirrored at random" : undefined),
  }),
  limit: setting({
    flag: "--limit <n>",
    kind: wholeNumber(1, 1_000_000_000),
    help: "train on n images only; all test images count in any case",
    absent: "all training images",
  }),
  seed: setting({
    flag: "--seed <n>",
    kind: wholeNumber(0, Number.MAX_SAFE_INTEGER),
    help: "seed of weights, shuffling, dropout and mirroring (default: 0)",
    words: (n) => `seed ${n}`,
  }),
};

/** Every setting by its place in config.json, in the order of help. */
export const settings = { ...base, ...training, ...start };

/** The place of a setting in config.json. */
export type Place = keyof typeof settings;

/** Values by their places; what is undefined or not there was not given. */
export type SettingValues = {
  [P in Place]?: ((typeof settings)[P] extends { kind: Kind<infer T> } ? T : never) | undefined;
};

/** The recipe of a run in two lines of words: how it steps, and what it starts from. */
export const recipeLines = (config: object): string[] =>
  [training, start].map((section) => wordsOf(section, config).join(", "));

const wordsOf = (section: SettingTable, config: object): string[] =>
  Object.entries(section).flatMap(([place, { words }]) => {
    const value = valueAt(config, place);
    return value === undefined ? [] : (words?.(value) ?? []);
  });
