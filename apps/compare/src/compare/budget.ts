// What fits into a budget: seeds go first, then epochs, then training images, alike for all nets.

import { count, duration, UsageError } from "@mlpconv/cli-kit";
import type { ModelName } from "@mlpconv/models";
import { modelNames } from "@mlpconv/models";
import * as v from "valibot";
import type { Shortened } from "./planned-run.js";

/** What a net's run costs, measured over a few steps. */
export interface Cost {
  model: ModelName;
  epochs: number;
  /** Training images in an epoch. */
  examples: number;
  batchSize: number;
  /** Seconds from the start of the process to the first step. */
  startSeconds: number;
  /** Seconds of training on one image. */
  secondsPerImage: number;
  /** Test images, which are used after each epoch and once more for the speed of inference. */
  testImages: number;
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** The plan in plan.json. */
export const planSchema = v.strictObject({
  seeds: whole,
  /** How long a net may train, where that is less than what its recipe says. */
  shortened: v.partial(
    v.strictObject(
      v.entriesFromList(
        modelNames,
        v.strictObject({ epochs: v.exactOptional(whole), limit: v.exactOptional(whole) }),
      ),
    ),
  ),
  /** What is left out, in words. */
  leftOut: v.array(v.string()),
  /** The time that it will take. */
  seconds: v.number(),
});
export type BudgetPlan = v.InferOutput<typeof planSchema>;

// A training step costs a forward pass and two more of the same size backward.
const passesPerStep = 3;

interface Size {
  epochs: number;
  limit: number;
}

const runSeconds = (cost: Cost, { epochs, limit }: Size): number => {
  const test = (cost.testImages * cost.secondsPerImage) / passesPerStep;
  return cost.startSeconds + epochs * (limit * cost.secondsPerImage + test);
};

const totalSeconds = (costs: readonly Cost[], sizes: readonly Size[], seeds: number): number =>
  costs.reduce((sum, cost, i) => {
    const inference = cost.startSeconds + (cost.testImages * cost.secondsPerImage) / passesPerStep;
    return sum + seeds * runSeconds(cost, sizes[i]!) + inference;
  }, 0);

// Steps of 5%: the measurement is no better.
const shares = Array.from({ length: 20 }, (_, i) => 1 - i / 20);

/**
 * The largest comparison that fits.
 *
 * @param seeds as many as were asked for
 * @param budget in seconds
 * @throws UsageError when not even the smallest fits
 */
export const planBudget = (costs: readonly Cost[], seeds: number, budget: number): BudgetPlan => {
  const whole = costs.map(({ epochs, examples }): Size => ({ epochs, limit: examples }));
  for (let fewer = seeds; fewer >= 1; fewer--) {
    if (totalSeconds(costs, whole, fewer) <= budget) return describePlan(costs, whole, fewer, seeds);
  }
  const fewerEpochs = shares.map((share) =>
    whole.map(({ epochs, limit }): Size => ({ epochs: Math.max(1, Math.floor(epochs * share)), limit })),
  );
  const fewerImages = shares.map((share) =>
    costs.map(({ examples, batchSize }): Size => {
      const batches = Math.max(1, Math.floor((examples * share) / batchSize));
      return { epochs: 1, limit: Math.min(examples, batches * batchSize) };
    }),
  );
  const sizes = [...fewerEpochs, ...fewerImages];
  const fitting = sizes.find((each) => totalSeconds(costs, each, 1) <= budget);
  if (fitting) return describePlan(costs, fitting, 1, seeds);
  const least = totalSeconds(costs, sizes.at(-1)!, 1);
  throw new UsageError("compare", [
    `expected --budget to be at least ${Math.ceil(least)}s for one short epoch of each net, got ${Math.floor(budget)}s after measuring; ` +
      "give more time, or fewer --models or pixels (--resize)",
  ]);
};

const describePlan = (
  costs: readonly Cost[],
  sizes: readonly Size[],
  seeds: number,
  asked: number,
): BudgetPlan => {
  const plan: BudgetPlan = { seeds, shortened: {}, leftOut: [], seconds: totalSeconds(costs, sizes, seeds) };
  if (seeds < asked) plan.leftOut.push(`${asked - seeds} of ${asked} seeds of each net`);
  costs.forEach(({ model, epochs, examples }, i) => {
    const size = sizes[i]!;
    const shortened: Shortened = {};
    if (size.epochs < epochs) {
      shortened.epochs = size.epochs;
      plan.leftOut.push(`${epochs - size.epochs} of ${epochs} epochs of ${model}`);
    }
    if (size.limit < examples) {
      shortened.limit = size.limit;
      plan.leftOut.push(`${count(examples - size.limit)} of ${count(examples)} training images of ${model}`);
    }
    if (Object.keys(shortened).length > 0) plan.shortened[model] = shortened;
  });
  return plan;
};

/** What is said before the runs begin. */
export const planLines = ({ seeds, leftOut, seconds }: BudgetPlan): string[] => [
  `plan: ${seeds} ${seeds === 1 ? "seed" : "seeds"} of each net, ${duration(seconds)}`,
  ...leftOut.map((what) => `left out: ${what}`),
];
