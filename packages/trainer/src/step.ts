// One optimiser step: forward, loss, gradients, update. An engine that records does it once for each shape of batch, and then repeats it.
import type { Batch } from "@mlpconv/datasets";
import { recorder, type tf } from "@mlpconv/tensor";
import { disposeOf, gradientsOf, resultOf, type StepResult, variablesOf } from "./gradients.js";
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
  disposeOf(learned);
  return result;
};

/** The steps of a training run. */
export class Steps {
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  /** By the shape of the images: a recording, or that there was one step without. */
  readonly #recorded = new Map<string, RecordedStep | undefined>();
  #repeatable = true;

  constructor(model: tf.LayersModel, optimizer: Optimizer) {
    this.#model = model;
    this.#optimizer = optimizer;
  }

  /** As `trainStep`. */
  async run(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    const shape = String(batch.x.shape);
    const recorded = this.#recorded.get(shape);
    if (recorded?.isValid()) return recorded.run(batch, learningRate, step);
    recorded?.dispose();
    const engine = this.#repeatable && this.#optimizer.advance && recorder();
    // The first step makes what outlives it, such as the optimiser's memory, and shows the engine what there is to tune.
    if (engine && this.#recorded.has(shape)) {
      const recording = new RecordedStep(engine, this.#model, this.#optimizer, batch);
      this.#recorded.set(shape, recording);
      const result = await recording.record(batch, learningRate, step);
      this.#repeatable = recording.isValid();
      return result;
    }
    this.#recorded.set(shape, undefined);
    return trainStep(this.#model, batch, this.#optimizer, learningRate, step);
  }

  dispose(): void {
    for (const recorded of this.#recorded.values()) recorded?.dispose();
    this.#recorded.clear();
  }
}
