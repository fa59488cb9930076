// A step as an engine recorded it, for batches of one shape: forward, backward and update, which the engine itself makes only of a finite loss.
import type { Batch } from "@mlpconv/datasets";
import { type Recorder, type Recording, recorder, tf } from "@mlpconv/tensor";
import { type Figures, gradientsOf, resultOf, type StepResult, variablesOf } from "./gradients.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export class RecordedStep {
  readonly #engine: Recorder;
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  readonly #halted: tf.Scalar;
  /** Where each batch is put before the step. */
  readonly #batch: Batch;
  readonly #variables: readonly tf.Variable[];
  #figures: Figures | undefined;
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
      const { gradients, ...figures } = gradientsOf(this.#model, this.#batch, step);
      this.#engine.guard(figures.loss, this.#halted, () =>
        this.#optimizer.update(this.#variables, gradients, learningRate),
      );
      tf.dispose(gradients);
      this.#figures = figures;
    });
    this.#places = this.#variables.map(({ dataId }) => dataId);
    return resultOf(this.#figures!);
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
    this.#recording!.replay({ Dropout: { block: step }, ...this.#optimizer.advance!(learningRate) });
    return resultOf(this.#figures!);
  }

  dispose(): void {
    tf.dispose([this.#batch.x, this.#batch.y]);
    if (this.#figures) tf.dispose([this.#figures.loss, this.#figures.right]);
    this.#recording?.dispose();
  }

  #fill({ x, y }: Batch): void {
    this.#engine.overwrite(this.#batch.x, x);
    this.#engine.overwrite(this.#batch.y, y);
  }
}
