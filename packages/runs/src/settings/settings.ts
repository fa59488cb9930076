// The table of settings: everything about a run that a user can choose. A row's key is its path in config.json. Flags, help, completion, types, the
// schema of config.json, the arguments of child processes and the columns of comparisons derive from it, so that a new hyperparameter is
// one row here and the code that uses it.
import { augmentHelp, fits } from "@mlpconv/datasets/info";
import {
  atLeastOne,
  augmentList,
  type Kind,
  notNegative,
  oneOf,
  oneOfNumbers,
  onOff,
  positive,
  properShare,
  share,
  someText,
  wholeNumber,
} from "./kinds.js";
import { hasEffect } from "./needs.js";
import { valueAt } from "./places.js";
import { type SettingTable, setting } from "./setting.js";

/** Names of the presets for training. */
export const presetNames = ["quick", "d2l", "best", "pictures"] as const;
const optimizers = {
  sgd: "SGD",
  nesterov: "SGD with Nesterov's momentum",
  adam: "Adam",
  adamw: "AdamW",
  rmsprop: "RMSprop",
  muon: "Muon",
} as const;
const schedules = {
  constant: undefined,
  cosine: "cosine schedule",
  linear: "linear schedule",
  polynomial: "polynomial schedule",
  plateau: "learning rate that falls on a plateau",
  "one-cycle": "one-cycle schedule",
  restarts: "cosine schedule with warm restarts",
} as const;
const classWeightRules = {
  equal: undefined,
  balanced: "classes weighted by their number of images",
} as const;
const weightRules = {
  he: "He initialisation",
  xavier: "Xavier initialisation",
  dirac: "He initialisation, 1x1 convolutions as the identity",
} as const;
const statistics = { own: undefined, imagenet: "by ImageNet's mean and deviation" } as const;
const biasRules = { zeros: undefined, pytorch: "PyTorch's default biases" } as const;

const namesOf = <Name extends string>(words: Readonly<Record<Name, unknown>>) => Object.keys(words) as Name[];
const list = (words: object): string => Object.keys(words).join(", ");
const plural = (n: number, word: string): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? word : `${word}s`}`;

/** The preset and the training images. */
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

/** How a folder of pictures becomes a data set. */
const pictures = {
  channels: setting({
    flag: "--channels <n>",
    kind: oneOfNumbers([1, 3]),
    help: "a folder of pictures: 3 for colours, 1 for grey (default: 3)",
    absent: "the data set's own",
  }),
  fit: setting({
    flag: "--fit <how>",
    kind: oneOf(fits),
    help: `a folder of pictures: how one becomes a square: ${fits.join(", ")} (default: crop)`,
    absent: "no folder of pictures",
  }),
  testShare: setting({
    flag: "--test-share <x>",
    kind: properShare,
    help: "a folder of pictures without a part for testing: share of each class that is kept for it (default: 0.2)",
    absent: "the data set has test images",
  }),
};

/** Settings of the training steps. */
const training = {
  epochs: setting({
    flag: "--epochs <n>",
    kind: wholeNumber(1, 10_000),
    help: "passes over the training images",
    words: (n) => plural(n, "epoch"),
    resumable: true,
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
  precision: setting({
    flag: "--precision <name>",
    kind: oneOf(["full", "mixed"]),
    help: "mixed: convolutions multiply 16-bit floats and add in 32 bits, on engine webgpu or native where GPU or CPU can (default: full)",
    absent: "what MLPCONV_PRECISION says, else full",
    words: (name) => (name === "mixed" ? "mixed precision" : undefined),
    column: "precision",
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
    resumable: true,
  }),
  momentum: setting({
    flag: "--momentum <x>",
    kind: share,
    help: "momentum of SGD, RMSprop and Muon, or beta1 of Adam and AdamW; 0 to below 1",
    default: 0,
    words: (x) => (x === 0 ? undefined : `momentum ${x}`),
  }),
  weightDecay: setting({
    flag: "--weight-decay <x>",
    kind: notNegative,
    help: "weight decay, of weights alone, not biases",
    default: 0,
    words: (x) => (x === 0 ? undefined : `weight decay ${x}`),
    resumable: true,
  }),
  earlyStop: setting({
    flag: "--early-stop <epochs>",
    kind: wholeNumber(0, 10_000),
    help: "end when the accuracy on held-out images (without --val-share: on test images) has not risen for so many epochs, elsewhere called patience; 0: never (default: 0)",
    absent: "never",
    words: (n) => (n === 0 ? undefined : `ends after ${plural(n, "epoch")} without a gain`),
    resumable: true,
  }),
  schedule: setting({
    flag: "--schedule <name>",
    kind: oneOf(namesOf(schedules)),
    help: `schedule of the learning rate: ${list(schedules)}`,
    default: "constant",
    words: (name) => schedules[name],
    resumable: true,
  }),
  cycles: setting({
    flag: "--cycles <n>",
    kind: wholeNumber(1, 1000),
    help: "cycles, each twice as long as the one before it (default: 3)",
    absent: "3, where there are cycles",
    needs: { place: "schedule", value: "restarts" },
    words: (n) => `${plural(n, "cycle")}`,
    resumable: true,
  }),
  power: setting({
    flag: "--power <x>",
    kind: positive,
    help: "the rate is the remaining share of the steps to this power (default: 2)",
    absent: "2, where there is one",
    needs: { place: "schedule", value: "polynomial" },
    words: (x) => `power ${x}`,
    resumable: true,
  }),
  plateauEpochs: setting({
    flag: "--plateau-epochs <n>",
    kind: wholeNumber(1, 10_000),
    help: "epochs without a better accuracy (as for --early-stop) after which the rate falls (default: 3)",
    absent: "3, where there is a plateau",
    needs: { place: "schedule", value: "plateau" },
    words: (n) => `after ${plural(n, "epoch")} without a gain`,
    resumable: true,
  }),
  plateauFactor: setting({
    flag: "--plateau-factor <x>",
    kind: properShare,
    help: "factor of the rate each time (default: 0.1)",
    absent: "0.1, where there is a plateau",
    needs: { place: "schedule", value: "plateau" },
    words: (x) => `by ${x}`,
    resumable: true,
  }),
  bodyLrScale: setting({
    flag: "--body-lr-scale <x>",
    kind: notNegative,
    help: "factor of the learning rate of all layers but the last ones, which name the classes, such as 0.1 for fine-tuning (default: 1)",
    absent: "1",
    words: (x) => (x === 1 ? undefined : `learning rate of the body times ${x}`),
    resumable: true,
  }),
  clipNorm: setting({
    flag: "--clip <norm>",
    kind: positive,
    help: "norm that all gradients together may have; longer ones are scaled down",
    absent: "gradients are as they are",
    words: (norm) => `gradients clipped to a norm of ${norm}`,
    resumable: true,
  }),
  labelSmoothing: setting({
    flag: "--label-smoothing <x>",
    kind: share,
    help: "share of each label that is spread over all classes, 0 to below 1 (default: 0)",
    absent: "labels are as they are",
    words: (x) => (x === 0 ? undefined : `labels smoothed by ${x}`),
    resumable: true,
  }),
  classWeights: setting({
    flag: "--class-weights <rule>",
    kind: oneOf(namesOf(classWeightRules)),
    help: `how much a class counts in the loss: ${list(classWeightRules)} (default: equal)`,
    absent: "equal",
    words: (rule) => classWeightRules[rule],
    resumable: true,
  }),
  ema: setting({
    flag: "--ema <decay>",
    kind: share,
    help: "also keep an exponential average of the weights with this decay, such as 0.999, tested and saved beside the others",
    absent: "no average",
    words: (decay) => `averaged weights with decay ${decay}`,
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
    resumable: true,
  }),
};

/** Settings of the model and its input. */
const start = {
  initFrom: setting({
    flag: "--init-from <what>",
    kind: someText("a run, a file of safetensors or an exported folder, such as try-1"),
    help: "begin with the weights of a run, a .safetensors file or an exported folder, as far as they fit: layers of another shape, as for other classes, begin anew",
    absent: "new weights",
    words: (what) => `from the weights of ${what}`,
  }),
  freeze: setting({
    flag: "--freeze <layers>",
    kind: someText("body, or names of layers such as 0,2"),
    help: "layers that stay as they are, with the running statistics of batch normalisation: body (all but the last layers, which name the classes), or beginnings of layers' names, such as 0,2",
    absent: "all layers learn",
    needs: { place: "initFrom" },
    words: (layers) => `${layers} frozen`,
  }),
  "net.init.weights": setting({
    flag: "--init <rule>",
    kind: oneOf(namesOf(weightRules)),
    help: `how weights start: ${list(weightRules)}`,
    // Those with 1x1 convolutions that have as many outputs as inputs.
    modelsByValue: { dirac: ["nin", "ninCifar", "ninBn", "googlenet"] },
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
    help: "share of activations that dropout sets to zero, 0 to below 1; lenet has no dropout",
    absent: "the model's own, 0.5",
    models: ["nin", "ninMnist", "ninCifar", "alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "ninBn"],
    words: (x) => (x === 0 ? "no dropout" : `dropout ${x}`),
  }),
  "net.ratio": setting({
    flag: "--ratio <x>",
    kind: atLeastOne,
    help: "divisor of the channels of ninMnist, ninCifar and the VGGs: 3 gives a third of them",
    absent: "the model's own, 1",
    models: ["ninMnist", "ninCifar", "vgg11", "vgg13", "vgg16", "vgg19"],
  }),
  "net.pointwise": setting({
    flag: "--pointwise <n>",
    kind: wholeNumber(0, 4),
    help: "1x1 convolutions in each block of nin and ninBn, 0 to 4",
    absent: "the model's own, 2",
    models: ["nin", "ninBn"],
    words: (n) => `${n} 1x1 convolutions a block`,
  }),
  "net.lastRelu": setting({
    flag: "--last-relu",
    kind: onOff,
    help: "ReLU after the last convolution of the NiNs as well, as the paper has it",
    helpOff: "no ReLU there",
    absent: "the model's own, true",
    models: ["nin", "ninMnist", "ninCifar", "ninBn"],
    words: (on) => (on ? undefined : "no ReLU after the last convolution"),
  }),
  "net.batchNorm": setting({
    flag: "--batch-norm",
    kind: onOff,
    help: "batch normalisation behind each convolution of alexnet and the VGGs",
    helpOff: "no batch normalisation there",
    absent: "the model's own, false",
    models: ["alexnet", "vgg11", "vgg13", "vgg16", "vgg19"],
    words: (on) => (on ? "batch normalisation" : undefined),
  }),
  normalize: setting({
    flag: "--normalize",
    kind: onOff,
    help: "pixels of mean 0 and standard deviation 1",
    helpOff: "pixels in [0, 1]",
    default: false,
    words: (on) => (on ? "normalised pixels" : "pixels in [0, 1]"),
  }),
  normalizeBy: setting({
    flag: "--normalize-by <whose>",
    kind: oneOf(namesOf(statistics)),
    help: "whose mean and standard deviation --normalize takes: own, those of the training images, or imagenet, as torchvision's trained weights expect (default: own)",
    absent: "the data set's own",
    words: (whose) => statistics[whose],
  }),
  flip: setting({
    flag: "--flip",
    kind: onOff,
    help: "mirror half of the training images, as flip in --augment does",
    helpOff: "mirror none",
    default: false,
    words: (on) => (on ? "mirrored at random" : undefined),
    resumable: true,
  }),
  augment: setting({
    flag: "--augment <list>",
    kind: augmentList,
    help: `random changes of the training images, such as shift:2,erase:8, from ${augmentHelp()
      .map(([form]) => form)
      .join(", ")}`,
    absent: "none, flip aside",
    words: (text) => `augmentation ${text}`,
    resumable: true,
  }),
  limit: setting({
    flag: "--limit <n>",
    kind: wholeNumber(1, 1_000_000_000),
    help: "train on n images only; all test images count in any case",
    absent: "all training images",
  }),
  valShare: setting({
    flag: "--val-share <x>",
    kind: properShare,
    help: "share of each class of the training images that is held out: best.safetensors are the weights that classify most of them right (default: none, and by the test images)",
    absent: "none",
    words: (x) => `${Number((100 * x).toPrecision(12))}% held out`,
  }),
  testOnce: setting({
    flag: "--test-once",
    kind: onOff,
    help: "test on the test images after the last epoch alone, which takes less time",
    helpOff: "test on them after each epoch",
    absent: "after each epoch",
    words: (on) => (on ? "tested once" : undefined),
    needs: { place: "valShare" },
    resumable: true,
  }),
  seed: setting({
    flag: "--seed <n>",
    kind: wholeNumber(0, Number.MAX_SAFE_INTEGER),
    help: "seed of weights, shuffling, dropout and augmentation (default: 0)",
    words: (n) => `seed ${n}`,
  }),
};

/** All settings by path in config.json, in the order of help. */
export const settings = { ...base, ...pictures, ...training, ...start };

/** Path of a setting in config.json. */
export type Place = keyof typeof settings;

/** Values by path; a value that is undefined or absent was not given. */
export type SettingValues = {
  [P in Place]?: ((typeof settings)[P] extends { kind: Kind<infer T> } ? T : never) | undefined;
};

/** Two lines that describe the recipe of a run: its training steps, and its model and input. */
export const recipeLines = (config: object): string[] =>
  [training, start].map((section) => wordsOf(section, config).join(", "));

const wordsOf = (section: SettingTable, config: object): string[] =>
  Object.entries(section).flatMap(([place, row]) => {
    const value = valueAt(config, place);
    return value === undefined || !hasEffect(row, config) ? [] : (row.words?.(value) ?? []);
  });
