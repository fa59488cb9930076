// A step as an engine recorded it, for batches of one shape: forward, backward and update, which the engine itself skips after a loss that is not finite.
import type { Batch } from "@mlpconv/datasets";
import { type Recorder, type Recording, recorder, tf } from "@mlpconv/tensor";
import type { Optimizer } from "./optimizers/optimizer.js";
import { lossAndGradients, type StepResult, variablesOf } from "./train-step.js";

export class RecordedStep {
  readonly #engine: Recorder;
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  readonly #foundInf: tf.Scalar;
  /** The tensors that each batch is copied to before the step. */
  readonly #batch: Batch;
  readonly #variables: readonly tf.Variable[];
  /** The loss, and how many were right: both in one, so that the host reads once. */
  #figures: tf.Tensor1D | undefined;
  #recording: Recording | undefined;
  #dataIds: readonly object[] = [];

  /** @param foundInf not zero once a loss was not finite; all steps of a run share it */
  constructor(
    engine: Recorder,
    model: tf.LayersModel,
    optimizer: Optimizer,
    foundInf: tf.Scalar,
    { x, y }: Batch,
  ) {
    this.#engine = engine;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#foundInf = foundInf;
    this.#batch = { x: tf.zerosLike(x), y: tf.zerosLike(y) };
    this.#variables = variablesOf(model);
  }

  /** Does the step as any other, and records it on the way. */
  async record(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    await this.#engine.tune();
    this.#fill(batch);
    this.#recording = this.#engine.capture(() => {
      const { loss, right, gradients } = lossAndGradients(this.#model, this.#batch, step);
      this.#engine.skipIfNonFinite(loss, this.#foundInf, () =>
        this.#optimizer.update(this.#variables, gradients, learningRate),
      );
      this.#figures = tf.tidy(() => tf.stack([loss, tf.cast(right, "float32")]) as tf.Tensor1D);
      tf.dispose([loss, right, gradients]);
    });
    this.#dataIds = this.#variables.map(({ dataId }) => dataId);
    return this.#result();
  }

  /** Whether the step may be replayed: nobody has given a weight another tensor since, or changed the engine. */
  isValid(): boolean {
    return (
      recorder() === this.#engine &&
      this.#recording?.isValid() === true &&
      this.#variables.every(({ dataId }, i) => dataId === this.#dataIds[i])
    );
  }

  /** Begins the step again; the engine need not have done the ones before it. */
  replay(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    this.#fill(batch);
    this.#recording!.replay({
      Dropout: { block: step },
      ...this.#optimizer.replayAttributes!(learningRate, this.#variables),
    });
    return this.#result();
  }

  dispose(): void {
    tf.dispose([this.#batch.x, this.#batch.y]);
    this.#figures?.dispose();
    this.#recording?.dispose();
  }

  async #result(): Promise<StepResult> {
    const [loss, right] = await this.#figures!.data();
    return { loss: loss!, right: right! };
  }

  #fill({ x, y }: Batch): void {
    this.#engine.overwrite(this.#batch.x, x);
    this.#engine.overwrite(this.#batch.y, y);
  }
}
