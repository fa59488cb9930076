// One optimiser step: forward, loss, gradients, update. An engine that records does it once for each shape of batch, and then repeats it.
import type { Batch } from "@mlpconv/datasets";
import { recorder, tf } from "@mlpconv/tensor";
import { gradientsOf, resultOf, type StepResult, variablesOf } from "./gradients.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { RecordedStep } from "./recorded-step.js";

/** Trains on one batch, unless its loss is not finite: then the weights stay as they were. */
export const trainStep = async (
  model: tf.LayersModel,
  batch: Batch,
  optimizer: Optimizer,
  learningRate: number,
  step: number,
): Promise<StepResult> => {
  const learned = gradientsOf(model, batch, step);
  const result = await resultOf(learned);
  if (Number.isFinite(result.loss)) optimizer.update(variablesOf(model), learned.gradients, learningRate);
  tf.dispose({ ...learned });
  return result;
};

/** A step that has begun. */
export interface Begun {
  result: Promise<StepResult>;
}

/** After so many steps in a row that could not be recorded no more are tried: something holds the weights, or draws numbers, at each of them. */
const mostFailures = 3;

/** The steps of a training run. Once a loss was not finite, none of them changes the weights. */
export class Steps {
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  /** By the shape of the images: a recording, or that there was one step without. */
  readonly #recorded = new Map<string, RecordedStep | undefined>();
  #failures = 0;
  #halted: tf.Scalar | undefined;

  constructor(model: tf.LayersModel, optimizer: Optimizer) {
    this.#model = model;
    this.#optimizer = optimizer;
  }

  /** Whether the batch's step may begin before the results of earlier ones are known. */
  repeats({ x }: Batch): boolean {
    return this.#recorded.get(String(x.shape))?.isValid() === true;
  }

  /** As `trainStep`, but resolves when the next step may begin. All earlier results must be known if this step does not repeat one. */
  async begin(batch: Batch, learningRate: number, step: number): Promise<Begun> {
    const shape = String(batch.x.shape);
    const recorded = this.#recorded.get(shape);
    if (recorded?.isValid()) return this.#watch(() => recorded.repeat(batch, learningRate, step));
    recorded?.dispose();
    const engine = this.#failures < mostFailures && this.#canRepeat() && recorder();
    // The first step makes what outlives it, such as the optimiser's memory, and shows the engine what there is to tune.
    if (!engine || !this.#recorded.has(shape)) {
      this.#recorded.set(shape, undefined);
      const result = await trainStep(this.#model, batch, this.#optimizer, learningRate, step);
      return { result: Promise.resolve(result) };
    }
    this.#halted ??= tf.scalar(0, "int32");
    const recording = new RecordedStep(engine, this.#model, this.#optimizer, this.#halted, batch);
    this.#recorded.set(shape, recording);
    const begun = this.#watch(() => recording.record(batch, learningRate, step));
    await begun.result;
    this.#failures = recording.isValid() ? 0 : this.#failures + 1;
    return begun;
  }

  dispose(): void {
    for (const recorded of this.#recorded.values()) recorded?.dispose();
    this.#recorded.clear();
    this.#halted?.dispose();
  }

  /** Whether the optimiser can say what changes from step to step, the same for all variables. */
  #canRepeat(): boolean {
    const counts = this.#optimizer.counts?.get(variablesOf(this.#model)) ?? [];
    return this.#optimizer.advance !== undefined && new Set(counts).size <= 1;
  }

  /** Where the engine did not make the update, the optimiser must not have counted it, nor those that were begun since. */
  #watch(begin: () => Promise<StepResult>): Begun {
    const { counts } = this.#optimizer;
    const variables = variablesOf(this.#model);
    const updates = this.#optimizer.step;
    const before = counts?.get(variables);
    const result = begin().then((result) => {
      if (!Number.isFinite(result.loss)) {
        this.#optimizer.step = Math.min(this.#optimizer.step, updates);
        counts?.set(
          variables,
          counts.get(variables).map((count, i) => Math.min(count, before![i]!)),
        );
      }
      return result;
    });
    return { result };
  }
}
