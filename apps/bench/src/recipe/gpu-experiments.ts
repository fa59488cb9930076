// Experiments that need a GPU, as data: the chapter at its own size, and the search for a better preset `best`.
import type { Experiment, Trial } from "./experiments.js";

export const precisions = ["mixed", "full"] as const;
export type Precision = (typeof precisions)[number];

export interface GpuTrial extends Trial {
  precision: Precision;
}

export interface GpuExperiment extends Experiment {
  trials: readonly GpuTrial[];
  /** Whether the logs of its runs are kept, for figures of their first steps. */
  keepLogs?: boolean;
}

const trial = (what: string, flags = "", more: Partial<GpuTrial> = {}): GpuTrial => ({
  what,
  model: "nin",
  preset: "best",
  flags,
  seeds: 1,
  precision: "mixed",
  ...more,
});

/** 5,000 of the 60,000 training images, 500 of each class. */
const heldOut = "--val-share 0.08333333";
const average = "--ema 0.999";
const faster = "--lr 0.002 --clip 1";
const smoothed = "--label-smoothing 0.1";

/** Changes to preset best, the promising ones first, because there may be no time for the last ones. */
const changes: readonly (readonly [what: string, flags: string])[] = [
  ["preset best", ""],
  ["erasing 8", "--augment erase:8"],
  ["erasing 8, smoothed labels, averaged weights", `--augment erase:8 ${smoothed} ${average}`],
  ["shifts of 2", "--augment shift:2"],
  ["smoothed labels", smoothed],
  ["averaged weights", average],
  ["twice the rate, clipped", faster],
  ["shifts of 1, erasing 8, averaged weights", `--augment shift:1,erase:8 ${average}`],
  ["erasing 8, twice the rate, averaged weights", `--augment erase:8 ${faster} ${average}`],
  ["one-cycle at three times the rate", "--schedule one-cycle --warmup 0.3 --lr 0.003"],
  ["mixup 0.2", "--augment mixup:0.2"],
  ["dropout 0.3", "--dropout 0.3"],
  [
    "shifts of 1, erasing 8, twice the rate, smoothed labels, averaged weights",
    `--augment shift:1,erase:8 ${faster} ${smoothed} ${average}`,
  ],
  ["erasing 12", "--augment erase:12"],
  ["linear schedule", "--schedule linear"],
  ["weight decay 0.1", "--weight-decay 0.1"],
  ["weight decay 0.02", "--weight-decay 0.02"],
  [
    "erasing 8, mixup 0.2, twice the rate, averaged weights",
    `--augment erase:8,mixup:0.2 ${faster} ${average}`,
  ],
  ["batches of 128 at 0.0015", "--batch-size 128 --lr 0.0015"],
  ["Nesterov at 0.03", "--optimizer nesterov --lr 0.03 --weight-decay 0.001"],
  ["turned by 8 degrees, scaled by 1.15", "--augment rotate:8,scale:1.15"],
  ["brightness and contrast 0.2", "--augment brightness:0.2,contrast:0.2"],
  ["erasing 8, dropout 0.3, averaged weights", `--augment erase:8 --dropout 0.3 ${average}`],
  ["batches of 256 at 0.002", "--batch-size 256 --lr 0.002"],
];

export const gpuExperiments = {
  tuning: {
    question: "Which changes to preset best help NiN, by 5,000 training images that are held out?",
    trials: changes.map(([what, flags]) => trial(what, `${heldOut} ${flags}`.trim())),
  },
  "chapter-224": {
    question: "What do the chapter's own settings reach at its own size?",
    keepLogs: true,
    trials: [
      trial("nin", "", { preset: "d2l", seeds: 3 }),
      trial("alexnet", "", { preset: "d2l", model: "alexnet" }),
      trial("vgg11", "", { preset: "d2l", model: "vgg11" }),
      trial("lenet", "", { preset: "d2l", model: "lenet", seeds: 5 }),
    ],
  },
  "best-224": {
    question: "What does preset best reach at the chapter's size?",
    trials: [trial("nin", "--resize 224", { seeds: 2 })],
  },
} as const satisfies Record<string, GpuExperiment>;

export type GpuExperimentName = keyof typeof gpuExperiments;
export const gpuExperimentNames = Object.keys(gpuExperiments) as GpuExperimentName[];

/** What was chosen after the search: changes to preset best, by name. */
export interface Choice {
  /** Flags of `train`, by what they change: `{ "averaged weights": "--ema 0.999" }`. Shifts and erasing are one, because both are in `--augment`. */
  factors: Readonly<Record<string, string>>;
  /** Seeds of the recipe with all of them. Default: 5. */
  seeds?: number;
  /** More trials, such as the same recipe with a flag of another value: flags by name. */
  variants?: Readonly<Record<string, string>>;
}

/** The chosen recipe on all training images, and what it loses without each of its parts. */
export const choiceExperiments = ({
  factors,
  seeds = 5,
  variants = {},
}: Choice): Record<string, GpuExperiment> => {
  const without = (left?: string) =>
    Object.entries(factors)
      .filter(([name]) => name !== left)
      .map(([, flags]) => flags)
      .join(" ");
  return {
    chosen: {
      question: "What does the chosen recipe reach, trained on all 60,000 images?",
      trials: [trial("chosen recipe", without(), { seeds })],
    },
    ablations: {
      question: "What does the chosen recipe lose without one of its parts?",
      trials: [
        ...Object.keys(factors).map((name) => trial(`without ${name}`, without(name), { seeds: 2 })),
        ...Object.entries(variants).map(([what, flags]) => trial(what, flags, { seeds: 2 })),
      ],
    },
  };
};
