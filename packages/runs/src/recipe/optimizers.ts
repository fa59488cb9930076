// Optimizer, schedule, loss and stop rule of a run, by their names in config.json.
import {
  adam,
  adamw,
  averageWeights,
  balancedClassWeights,
  clipGradients,
  constant,
  cosine,
  earlyStopping,
  type LoggedEvent,
  type LossOptions,
  type Optimizer,
  oneCycle,
  polynomial,
  rmsprop,
  type Schedule,
  type StopRule,
  sgd,
  warmRestarts,
} from "@mlpconv/trainer";
import type { RunSettings } from "../files/config.js";

const optimizers: Record<RunSettings["optimizer"], (settings: RunSettings) => Optimizer> = {
  sgd: ({ learningRate, momentum, weightDecay }) => sgd({ learningRate, momentum, weightDecay }),
  nesterov: ({ learningRate, momentum, weightDecay }) =>
    sgd({ learningRate, momentum, weightDecay, nesterov: true }),
  adam: ({ learningRate, momentum }) => adam({ learningRate, beta1: momentum }),
  adamw: ({ learningRate, momentum, weightDecay }) => adamw({ learningRate, beta1: momentum, weightDecay }),
  rmsprop: ({ learningRate, momentum, weightDecay }) => rmsprop({ learningRate, momentum, weightDecay }),
};

const schedules: Record<RunSettings["schedule"], (settings: RunSettings) => Schedule> = {
  constant: ({ warmup }) => constant({ warmup }),
  cosine: ({ warmup }) => cosine({ warmup }),
  linear: ({ warmup }) => polynomial({ warmup }),
  // Without a warm-up, PyTorch's own.
  "one-cycle": ({ warmup }) => oneCycle(warmup > 0 ? { warmup } : {}),
  restarts: ({ warmup, cycles = 3 }) => warmRestarts({ warmup, cycles, stretch: 2 }),
};

/** A new optimizer as the settings say. */
export const optimizerOf = (settings: RunSettings): Optimizer => {
  const { clipNorm, ema } = settings;
  const bare = optimizers[settings.optimizer](settings);
  const clipped = clipNorm === undefined ? bare : clipGradients(bare, clipNorm);
  return ema === undefined ? clipped : averageWeights(clipped, ema);
};

/** The schedule of the learning rate as the settings say. */
export const scheduleOf = (settings: RunSettings): Schedule => schedules[settings.schedule](settings);

/**
 * The loss as the settings say.
 *
 * @param data labels of the images that the run learns from, and the number of classes
 */
export const lossOf = (
  { labelSmoothing = 0, classWeights }: Pick<RunSettings, "labelSmoothing" | "classWeights">,
  { labels, classes }: { labels: ArrayLike<number>; classes: number },
): LossOptions => ({
  ...(labelSmoothing > 0 && { labelSmoothing }),
  ...(classWeights === "balanced" && { classWeights: balancedClassWeights(labels, classes) }),
});

/**
 * The rule that ends a run before its last epoch, as the settings say; undefined where there is none.
 *
 * @param before events of the run so far, where it is resumed
 */
export const stopRuleOf = (
  { earlyStop = 0 }: Pick<RunSettings, "earlyStop">,
  before: readonly LoggedEvent[],
): StopRule | undefined => (earlyStop === 0 ? undefined : earlyStopping(earlyStop, before));
