// Optimizer, schedule, loss and stop rule of a run, by their names in config.json.
import type { tf } from "@mlpconv/tensor";
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
  muon,
  type Optimizer,
  oneCycle,
  type PlateauOptions,
  polynomial,
  rmsprop,
  type Schedule,
  type StopRule,
  scaleRates,
  sgd,
  warmRestarts,
} from "@mlpconv/trainer";
import type { RunSettings } from "../files/config.js";
import { bodyOf } from "./freeze-layers.js";

const optimizers: Record<RunSettings["optimizer"], (settings: RunSettings) => Optimizer> = {
  sgd: ({ learningRate, momentum, weightDecay }) => sgd({ learningRate, momentum, weightDecay }),
  nesterov: ({ learningRate, momentum, weightDecay }) =>
    sgd({ learningRate, momentum, weightDecay, nesterov: true }),
  adam: ({ learningRate, momentum }) => adam({ learningRate, beta1: momentum }),
  adamw: ({ learningRate, momentum, weightDecay }) => adamw({ learningRate, beta1: momentum, weightDecay }),
  rmsprop: ({ learningRate, momentum, weightDecay }) => rmsprop({ learningRate, momentum, weightDecay }),
  muon: ({ learningRate, momentum, weightDecay }) => muon({ learningRate, momentum, weightDecay }),
};

const schedules: Record<RunSettings["schedule"], (settings: RunSettings) => Schedule> = {
  constant: ({ warmup }) => constant({ warmup }),
  cosine: ({ warmup }) => cosine({ warmup }),
  linear: ({ warmup }) => polynomial({ warmup }),
  polynomial: ({ warmup, power = 2 }) => polynomial({ warmup, power }),
  // The rest is `plateauOf`'s.
  plateau: ({ warmup }) => constant({ warmup }),
  // Without a warm-up PyTorch's own, for runs that began when 0 was allowed.
  "one-cycle": ({ warmup }) => oneCycle(warmup > 0 ? { warmup } : {}),
  restarts: ({ warmup, cycles = 3 }) => warmRestarts({ warmup, cycles, stretch: 2 }),
};

/**
 * A new optimizer as the settings say.
 *
 * @param model whose layers have learning rates of their own; needed only where the settings say so
 * @throws FreezeError when the model has no body
 */
export const optimizerOf = (settings: RunSettings, model?: tf.LayersModel): Optimizer => {
  const { clipNorm, ema, bodyLrScale = 1 } = settings;
  const bare = optimizers[settings.optimizer](settings);
  const scaled = bodyLrScale === 1 || !model ? bare : scaleRates(bare, bodyScale(model, bodyLrScale));
  const clipped = clipNorm === undefined ? scaled : clipGradients(scaled, clipNorm);
  return ema === undefined ? clipped : averageWeights(clipped, ema);
};

/** The factor of each variable: `scale` in the body, 1 in the head. */
const bodyScale = (model: tf.LayersModel, scale: number): ((variable: tf.Variable) => number) => {
  const body = new Set(
    bodyOf(model, "--body-lr-scale").flatMap(({ weights }) => weights.map((weight) => weight.read())),
  );
  return (variable) => (body.has(variable) ? scale : 1);
};

/** The schedule of the learning rate as the settings say. */
export const scheduleOf = (settings: RunSettings): Schedule => schedules[settings.schedule](settings);

/** When the learning rate falls by itself, as the settings say; undefined for other schedules. */
export const plateauOf = ({
  schedule,
  plateauEpochs = 3,
  plateauFactor = 0.1,
}: Pick<RunSettings, "schedule" | "plateauEpochs" | "plateauFactor">): PlateauOptions | undefined =>
  schedule === "plateau" ? { epochs: plateauEpochs, factor: plateauFactor } : undefined;

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
