// What is asked about training, as data: nets trained by a preset with parts of it changed, some seeds each.
import type { ModelName } from "@mlpconv/models";
import type { PresetName } from "@mlpconv/programs";

/** One way to train. */
export interface Trial {
  /** What is done otherwise, in words; unique within its experiment. */
  what: string;
  model: ModelName;
  preset: PresetName;
  /** Flags of `train` beside net, preset and seed. */
  flags: string;
  /** Trained with seeds 0 to n - 1. */
  seeds: number;
}

export interface Experiment {
  question: string;
  trials: readonly Trial[];
}

/** What our recipe does and what the chapter does, each as the flags that change it. */
const factors = [
  ["He's weights", "--init he", "Xavier's weights", "--init xavier"],
  ["biases of zero", "--biases zeros", "PyTorch's biases", "--biases pytorch"],
  ["no ReLU at the end", "--no-last-relu", "ReLU at the end", "--last-relu"],
  ["learning rate 0.05", "--lr 0.05", "learning rate 0.1", "--lr 0.1"],
  ["warm-up and cosine", "--schedule cosine --warmup 200", "constant rate", "--schedule constant --warmup 0"],
  ["momentum 0.9, a tenth of the rate", "--momentum 0.9 --lr 0.01", "no momentum", "--momentum 0"],
  ["weight decay 0.0005", "--weight-decay 0.0005", "no weight decay", "--weight-decay 0"],
  ["normalised pixels", "--normalize", "pixels in [0, 1]", "--no-normalize"],
  ["mirrored images", "--flip", "no mirrored images", "--no-flip"],
] as const;

/** What both recipes have in common and may be otherwise. */
const others = [
  ["no dropout", "--dropout 0"],
  ["one 1x1 convolution a block", "--pointwise 1"],
  ["three 1x1 convolutions a block", "--pointwise 3"],
] as const;

// The smallest side but one at which every map of NiN is what it is at 96 pixels or one smaller: half the work.
const small = "--resize 72 --epochs 2";
const nin = (preset: PresetName, seeds: number) => (what: string, flags: string) =>
  ({ what, model: "nin", preset, flags: `${small} ${flags}`.trim(), seeds }) satisfies Trial;

/** The same search for both nets, around the same point. */
const searched = [
  ["as it is", ""],
  ["batches of 64", "--batch-size 64"],
  ["batches of 64, learning rate 0.03", "--batch-size 64 --lr 0.03"],
  ["learning rate 0.02", "--lr 0.02"],
  ["learning rate 0.1", "--lr 0.1"],
  ["dropout 0.2", "--dropout 0.2"],
  ["weight decay 0.0001", "--weight-decay 0.0001"],
  ["weight decay 0.002", "--weight-decay 0.002"],
] as const;
const search = (model: ModelName): Trial[] =>
  searched.map(([what, flags]) => ({
    what: `${model}, ${what}`,
    model,
    preset: "best",
    flags: `--resize 72 --epochs 3 ${flags}`.trim(),
    seeds: 1,
  }));

export const experiments = {
  search: {
    question: "Which settings are best for NiN, and which for AlexNet?",
    trials: [...search("nin"), ...search("alexnet")],
  },
  best: {
    question: "What does NiN reach with preset best, and what does AlexNet?",
    trials: [
      { what: "nin", model: "nin", preset: "best", flags: "", seeds: 5 },
      { what: "alexnet", model: "alexnet", preset: "best", flags: "", seeds: 3 },
    ],
  },
  chapter: {
    question: "What do the chapter's own settings reach at 96 pixels?",
    trials: [
      { what: "nin", model: "nin", preset: "d2l", flags: "--resize 96 --epochs 5", seeds: 8 },
      { what: "lenet", model: "lenet", preset: "d2l", flags: "", seeds: 3 },
      { what: "alexnet", model: "alexnet", preset: "d2l", flags: "--resize 96 --epochs 5", seeds: 2 },
      { what: "vgg11", model: "vgg11", preset: "d2l", flags: "--resize 96 --epochs 5", seeds: 2 },
    ],
  },
  alone: {
    question: "What does each part of our recipe change in the chapter's?",
    trials: [
      nin("d2l", 3)("the chapter's", ""),
      ...factors.map(([what, flags]) => nin("d2l", 3)(what, flags)),
      ...others.map(([what, flags]) => nin("d2l", 3)(what, flags)),
    ],
  },
  without: {
    question: "What does our recipe lose without one of its parts?",
    trials: [
      nin("best", 3)("all of ours", ""),
      ...factors.map(([, , what, flags]) => nin("best", 3)(what, flags)),
      ...others.map(([what, flags]) => nin("best", 3)(what, flags)),
    ],
  },
} as const satisfies Record<string, Experiment>;

export type ExperimentName = keyof typeof experiments;
export const experimentNames = Object.keys(experiments) as ExperimentName[];
