// Experiments on training, as data: models trained with a preset and changes to it, with several seeds.

import type { ModelName } from "@mlpconv/models";
import type { PresetName } from "@mlpconv/runs";

/** One way to train. */
export interface Trial {
  /** Description of the change; unique within its experiment. */
  what: string;
  model: ModelName;
  preset: PresetName;
  /** Flags of `train` in addition to model, preset and seed. */
  flags: string;
  /** Number of seeds; the trial is trained with seeds 0 to n - 1. */
  seeds: number;
}

export interface Experiment {
  question: string;
  trials: readonly Trial[];
}

type Change = readonly [what: string, flags: string];

/** Differences between our recipe and the chapter's: our setting, and the one that it replaces. */
const parts: readonly (readonly [ours: Change, chapters: Change])[] = [
  [
    ["1x1 as the identity", "--init dirac"],
    ["Xavier's weights", "--init xavier"],
  ],
  [
    ["biases of zero", "--biases zeros"],
    ["PyTorch's biases", "--biases pytorch"],
  ],
  [
    ["no ReLU at the end", "--no-last-relu"],
    ["ReLU at the end", "--last-relu"],
  ],
  [
    ["AdamW", "--optimizer adamw --lr 0.001 --momentum 0.9"],
    ["SGD, momentum 0.9", "--optimizer sgd --lr 0.02 --weight-decay 0.005"],
  ],
  [
    ["warm-up and cosine", "--schedule cosine --warmup 200"],
    ["constant learning rate", "--schedule constant --warmup 0"],
  ],
  [
    ["batches of 64", "--batch-size 64"],
    ["batches of 128", "--batch-size 128"],
  ],
  [
    ["weight decay", "--weight-decay 0.0005"],
    ["no weight decay", "--weight-decay 0"],
  ],
  [
    ["normalised pixels", "--normalize"],
    ["pixels in [0, 1]", "--no-normalize"],
  ],
  [
    ["mirrored images", "--flip"],
    ["no mirrored images", "--no-flip"],
  ],
];

/** Changes that readers of the chapter try first. */
const chapterVariants: readonly Change[] = [
  ["He's weights", "--init he"],
  ["half the learning rate", "--lr 0.05"],
  ["momentum 0.9 at a tenth of the rate", "--momentum 0.9 --lr 0.01"],
];

/** Settings shared by both recipes. If `--resize` occurs twice, the last one counts. */
const shapes: readonly Change[] = [
  ["no dropout", "--dropout 0"],
  ["no 1x1 convolutions", "--pointwise 0"],
  ["one 1x1 convolution a block", "--pointwise 1"],
  ["three 1x1 convolutions a block", "--pointwise 3"],
  ["96 pixels", "--resize 96"],
];

/** Trials of NiN at 72 pixels, where its maps are 16, 7, 3 and 1 pixels wide; at 96 they are 22, 10, 4 and 1, which takes twice the time. */
const ninTrials = (preset: PresetName, epochs: number, changes: readonly Change[]): Trial[] =>
  changes.map(([what, flags]) => ({
    what,
    model: "nin",
    preset,
    flags: `--resize 72 --epochs ${epochs} ${flags}`.trim(),
    seeds: 2,
  }));

/** The same search for both models. Momentum and everything else are those of preset best. */
const searched: readonly Change[] = [
  ["SGD at 0.01", "--optimizer sgd --lr 0.01 --weight-decay 0.005"],
  ["SGD at 0.02", "--optimizer sgd --lr 0.02 --weight-decay 0.005"],
  ["SGD at 0.05", "--optimizer sgd --lr 0.05 --weight-decay 0.005"],
  ["AdamW at 0.0003", "--optimizer adamw --lr 0.0003 --weight-decay 0.05"],
  ["AdamW at 0.0005", "--optimizer adamw --lr 0.0005 --weight-decay 0.05"],
  ["AdamW at 0.001", "--optimizer adamw --lr 0.001 --weight-decay 0.05"],
];
const search = (model: ModelName, init: string): Trial[] =>
  searched.map(([what, flags]) => ({
    what: `${model}, ${what}`,
    model,
    preset: "best",
    flags: `--resize 72 --epochs 2 --batch-size 64 ${init} ${flags}`,
    seeds: 1,
  }));

export const experiments = {
  search: {
    question: "At which learning rate does each net train best?",
    trials: [...search("nin", "--init dirac"), ...search("alexnet", "--init he")],
  },
  best: {
    question: "What do NiN and AlexNet reach with preset best?",
    trials: [
      { what: "nin", model: "nin", preset: "best", flags: "", seeds: 5 },
      { what: "alexnet", model: "alexnet", preset: "best", flags: "", seeds: 2 },
    ],
  },
  chapter: {
    question: "What do the chapter's own settings reach on small images?",
    trials: [
      { what: "nin", model: "nin", preset: "d2l", flags: "--resize 96 --epochs 5", seeds: 8 },
      { what: "lenet", model: "lenet", preset: "d2l", flags: "", seeds: 3 },
      { what: "alexnet", model: "alexnet", preset: "d2l", flags: "--resize 96 --epochs 5", seeds: 2 },
      { what: "vgg11", model: "vgg11", preset: "d2l", flags: "--resize 96 --epochs 5", seeds: 2 },
    ],
  },
  alone: {
    question: "What does each part of our recipe change in the chapter's?",
    trials: ninTrials("d2l", 2, [
      ["the chapter's recipe", ""],
      ...parts.map(([ours]) => ours),
      ...chapterVariants,
      ...shapes,
    ]),
  },
  normalised: {
    question: "Does batch normalisation end the lottery of the chapter's recipe?",
    trials: (["nin", "ninBn"] as const).map((model) => ({
      what: model,
      model,
      preset: "d2l",
      flags: "--resize 72 --epochs 2",
      seeds: 5,
    })),
  },
  mixed: {
    question: "What does NiN reach with preset best in mixed precision?",
    trials: [
      { what: "nin, mixed precision", model: "nin", preset: "best", flags: "--precision mixed", seeds: 3 },
    ],
  },
  without: {
    question: "What does our recipe lose without one of its parts?",
    trials: ninTrials("best", 2, [
      ["our recipe", ""],
      ...parts.map(([, chapters]) => chapters),
      ["He's weights", "--init he"],
      ...shapes,
    ]),
  },
} as const satisfies Record<string, Experiment>;

export type ExperimentName = keyof typeof experiments;
export const experimentNames = Object.keys(experiments) as ExperimentName[];
