// The training steps of a run on an engine that records: for each batch shape, one step is recorded and then replayed.
import type { Batch } from "@mlpconv/datasets";
import { recorder, tf } from "@mlpconv/tensor";
import { disposingTargets, type LossOptions, stepTensors } from "./batch-loss.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { RecordedStep } from "./recorded-step.js";
import { type StepResult, trainStep, variablesOf } from "./train-step.js";

/** A step that was started. */
interface BegunStep {
  result: StepResult | Promise<StepResult>;
  /** Whether it is a replay; only a replay's result may still be pending. */
  replayed: boolean;
}

/** Batches of one kind take the same commands: the shape of the images, and whether they have second labels. */
const kindOf = ({ x, mix }: Batch): string => `${x.shape}${mix ? " mixed" : ""}`;

/** Failed recordings in a row after which recording stops: something holds the weights, or draws numbers, at every step. */
const maxFailures = 3;

/** Runs steps, recorded or not. After a loss that is not finite, no further step changes the weights. */
export class RecordedSteps {
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  readonly #loss: LossOptions;
  /** Recordings by the kind of batch; undefined after one unrecorded step. */
  readonly #byKind = new Map<string, RecordedStep | undefined>();
  #failures = 0;
  #foundInf: tf.Scalar | undefined;
  /** The optimiser's counts before the first update that the engine skipped; it skips all later ones too. */
  #skippedFrom: { step: number; counts: readonly number[] } | undefined;

  constructor(model: tf.LayersModel, optimizer: Optimizer, loss: LossOptions = {}) {
    this.#model = model;
    this.#optimizer = optimizer;
    this.#loss = loss;
  }

  /** Whether the batch's step may begin before the results of earlier ones are known. */
  canReplay(batch: Batch): boolean {
    return this.#byKind.get(kindOf(batch))?.isValid() === true;
  }

  /**
   * Trains like `trainStep`, but does not wait for a replayed step. All earlier results must be known unless `canReplay` is true.
   *
   * @param step number of steps before it
   */
  async begin(batch: Batch, learningRate: number, step: number): Promise<BegunStep> {
    const kind = kindOf(batch);
    const recorded = this.#byKind.get(kind);
    if (recorded?.isValid()) {
      const tensors = await stepTensors(this.#model, batch, this.#loss);
      // A replay has copied its batch once it has begun.
      const result = disposingTargets(tensors, () =>
        this.#withoutCountingSkipped(() => recorded.replay(tensors, learningRate, step)),
      );
      return { result, replayed: true };
    }
    recorded?.dispose();
    const engine = this.#failures < maxFailures && this.#canRecord() && recorder();
    // The first step makes what outlives it, such as the optimiser's memory, and shows the engine what there is to tune.
    if (!engine || !this.#byKind.has(kind)) {
      this.#byKind.set(kind, undefined);
      const result = await trainStep(this.#model, batch, this.#optimizer, learningRate, step, this.#loss);
      return { result, replayed: false };
    }
    this.#foundInf ??= tf.scalar(0, "int32");
    const tensors = await stepTensors(this.#model, batch, this.#loss);
    const recording = new RecordedStep(engine, this.#model, this.#optimizer, this.#foundInf, tensors);
    this.#byKind.set(kind, recording);
    let result: StepResult;
    try {
      result = await this.#withoutCountingSkipped(() => recording.record(tensors, learningRate, step));
    } finally {
      tensors.targets?.dispose();
    }
    this.#failures = recording.isValid() ? 0 : this.#failures + 1;
    return { result, replayed: false };
  }

  dispose(): void {
    for (const recorded of this.#byKind.values()) recorded?.dispose();
    this.#byKind.clear();
    this.#foundInf?.dispose();
  }

  /** Whether the optimiser can compute the attributes that change from step to step, the same for all variables. */
  #canRecord(): boolean {
    const counts = this.#optimizer.counts?.get(variablesOf(this.#model)) ?? [];
    return this.#optimizer.replayAttributes !== undefined && new Set(counts).size <= 1;
  }

  /** Undoes the optimiser's count of updates that the engine skipped, including those that were started since or are started later. */
  async #withoutCountingSkipped(begin: () => Promise<StepResult>): Promise<StepResult> {
    const { counts } = this.#optimizer;
    const variables = variablesOf(this.#model);
    const before = { step: this.#optimizer.step, counts: counts?.get(variables) ?? [] };
    const result = await begin();
    if (!Number.isFinite(result.loss)) this.#skippedFrom ??= before;
    const from = this.#skippedFrom;
    if (!from) return result;
    this.#optimizer.step = Math.min(this.#optimizer.step, from.step);
    counts?.set(
      variables,
      counts.get(variables).map((count, i) => Math.min(count, from.counts[i]!)),
    );
    return result;
  }
}
