// The steps of a run on an engine that records: it does a step once for each shape of batch, and then replays it.
import type { Batch } from "@mlpconv/datasets";
import { recorder, tf } from "@mlpconv/tensor";
import type { Optimizer } from "./optimizers/optimizer.js";
import { RecordedStep } from "./recorded-step.js";
import { type StepResult, trainStep, variablesOf } from "./train-step.js";

/** A step that has begun. */
interface BegunStep {
  result: StepResult | Promise<StepResult>;
  /** Whether it replays a recorded one; only then may its result be not known yet. */
  replayed: boolean;
}

/** After so many steps in a row that could not be recorded no more are tried: something holds the weights, or draws numbers, at each of them. */
const maxFailures = 3;

/** Once a loss was not finite, none of them changes the weights. */
export class RecordedSteps {
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  /** By the shape of the images: a recording, or undefined after one step without. */
  readonly #byShape = new Map<string, RecordedStep | undefined>();
  #failures = 0;
  #foundInf: tf.Scalar | undefined;

  constructor(model: tf.LayersModel, optimizer: Optimizer) {
    this.#model = model;
    this.#optimizer = optimizer;
  }

  /** Whether the batch's step may begin before the results of earlier ones are known. */
  canReplay({ x }: Batch): boolean {
    return this.#byShape.get(String(x.shape))?.isValid() === true;
  }

  /**
   * As `trainStep`, but a replayed step is not waited for. All earlier results must be known unless `canReplay`.
   *
   * @param step how many came before
   */
  async begin(batch: Batch, learningRate: number, step: number): Promise<BegunStep> {
    const shape = String(batch.x.shape);
    const recorded = this.#byShape.get(shape);
    if (recorded?.isValid()) {
      const result = this.#withoutCountingSkipped(() => recorded.replay(batch, learningRate, step));
      return { result, replayed: true };
    }
    recorded?.dispose();
    const engine = this.#failures < maxFailures && this.#canRecord() && recorder();
    // The first step makes what outlives it, such as the optimiser's memory, and shows the engine what there is to tune.
    if (!engine || !this.#byShape.has(shape)) {
      this.#byShape.set(shape, undefined);
      const result = await trainStep(this.#model, batch, this.#optimizer, learningRate, step);
      return { result, replayed: false };
    }
    this.#foundInf ??= tf.scalar(0, "int32");
    const recording = new RecordedStep(engine, this.#model, this.#optimizer, this.#foundInf, batch);
    this.#byShape.set(shape, recording);
    const result = await this.#withoutCountingSkipped(() => recording.record(batch, learningRate, step));
    this.#failures = recording.isValid() ? 0 : this.#failures + 1;
    return { result, replayed: false };
  }

  dispose(): void {
    for (const recorded of this.#byShape.values()) recorded?.dispose();
    this.#byShape.clear();
    this.#foundInf?.dispose();
  }

  /** Whether the optimiser can say what changes from step to step, the same for all variables. */
  #canRecord(): boolean {
    const counts = this.#optimizer.counts?.get(variablesOf(this.#model)) ?? [];
    return this.#optimizer.replayAttributes !== undefined && new Set(counts).size <= 1;
  }

  /** Where the engine skipped the update, the optimiser must not have counted it, nor those that were begun since. */
  async #withoutCountingSkipped(begin: () => Promise<StepResult>): Promise<StepResult> {
    const { counts } = this.#optimizer;
    const variables = variablesOf(this.#model);
    const stepBefore = this.#optimizer.step;
    const countsBefore = counts?.get(variables);
    const result = await begin();
    if (Number.isFinite(result.loss)) return result;
    this.#optimizer.step = Math.min(this.#optimizer.step, stepBefore);
    counts?.set(
      variables,
      counts.get(variables).map((count, i) => Math.min(count, countsBefore![i]!)),
    );
    return result;
  }
}
