// Optimizers and schedules by their names in config.json: what makes each from the settings of a run.
import type { RunSettings } from "@mlpconv/runs";
import { adamw, constant, cosine, type Optimizer, type Schedule, sgd } from "@mlpconv/trainer";

export const optimizers: Record<RunSettings["optimizer"], (settings: RunSettings) => Optimizer> = {
  sgd: ({ learningRate, momentum, weightDecay }) => sgd({ learningRate, momentum, weightDecay }),
  adamw: ({ learningRate, momentum, weightDecay }) => adamw({ learningRate, beta1: momentum, weightDecay }),
};

export const schedules: Record<RunSettings["schedule"], (settings: RunSettings) => Schedule> = {
  constant: ({ warmup }) => constant({ warmup }),
  cosine: ({ warmup }) => cosine({ warmup }),
};
