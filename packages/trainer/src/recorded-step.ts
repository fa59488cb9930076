// A step as an engine recorded it, for batches of one shape: forward, backward and update, which the engine itself makes only of a finite loss.
import type { Batch } from "@mlpconv/datasets";
import { type Recorder, type Recording, recorder, tf } from "@mlpconv/tensor";
import { gradientsOf, type StepResult, variablesOf } from "./gradients.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export class RecordedStep {
  readonly #engine: Recorder;
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  readonly #halted: tf.Scalar;
  /** Where each batch is put before the step. */
  readonly #batch: Batch;
  readonly #variables: readonly tf.Variable[];
  /** The loss, and how many were right: both in one, so that the host reads once. */
  #figures: tf.Tensor1D | undefined;
  #recording: Recording | undefined;
  #places: readonly object[] = [];

  /** @param halted not zero once a loss was not finite; all steps of a run share it */
  constructor(
    engine: Recorder,
    model: tf.LayersModel,
    optimizer: Optimizer,
    halted: tf.Scalar,
    { x, y }: Batch,
  ) {
    this.#engine = engine;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#halted = halted;
    this.#batch = { x: tf.zerosLike(x), y: tf.zerosLike(y) };
    this.#variables = variablesOf(model);
  }

  /** The first step: as any other, and recorded on the way. */
  async record(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    await this.#engine.tune();
    this.#fill(batch);
    this.#recording = this.#engine.capture(() => {
      const { loss, right, gradients } = gradientsOf(this.#model, this.#batch, step);
      this.#engine.guard(loss, this.#halted, () =>
        this.#optimizer.update(this.#variables, gradients, learningRate),
      );
      this.#figures = tf.tidy(() => tf.stack([loss, tf.cast(right, "float32")]) as tf.Tensor1D);
      tf.dispose([loss, right, gradients]);
    });
    this.#places = this.#variables.map(({ dataId }) => dataId);
    return this.#result();
  }

  /** Whether the step may be repeated: nobody has moved a weight since, or changed the engine. */
  isValid(): boolean {
    return (
      recorder() === this.#engine &&
      this.#recording?.isValid() === true &&
      this.#variables.every(({ dataId }, i) => dataId === this.#places[i])
    );
  }

  /** Begins the step again; the engine need not have done the ones before it. */
  repeat(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    this.#fill(batch);
    this.#recording!.replay({
      Dropout: { block: step },
      ...this.#optimizer.advance!(learningRate, this.#variables),
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
