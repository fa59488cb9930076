// A step as an engine recorded it, for batches of one shape: forward and backward, and the update apart, because the loss is looked at first.
import type { Batch } from "@mlpconv/datasets";
import { type Recorder, type Recording, recorder, tf } from "@mlpconv/tensor";
import {
  disposeOf,
  type Gradients,
  gradientsOf,
  resultOf,
  type StepResult,
  variablesOf,
} from "./gradients.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export class RecordedStep {
  readonly #engine: Recorder;
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  /** Where each batch is put before the step. */
  readonly #batch: Batch;
  readonly #variables: readonly tf.Variable[];
  #learned: Gradients | undefined;
  #pass: Recording | undefined;
  #update: Recording | undefined;
  #places: readonly object[] = [];

  constructor(engine: Recorder, model: tf.LayersModel, optimizer: Optimizer, { x, y }: Batch) {
    this.#engine = engine;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#batch = { x: tf.zerosLike(x), y: tf.zerosLike(y) };
    this.#variables = variablesOf(model);
  }

  /** The first step: as any other, and recorded on the way. */
  async record(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    await this.#engine.tune();
    this.#fill(batch);
    this.#pass = this.#engine.capture(() => {
      this.#learned = gradientsOf(this.#model, this.#batch, step);
    });
    const result = await resultOf(this.#learned!);
    if (!Number.isFinite(result.loss)) return result;
    this.#update = this.#engine.capture(() =>
      this.#optimizer.update(this.#variables, this.#learned!.gradients, learningRate),
    );
    this.#places = this.#variables.map(({ dataId }) => dataId);
    return result;
  }

  /** Whether the step may be repeated: nobody has moved a weight since, or changed the engine. */
  isValid(): boolean {
    return (
      recorder() === this.#engine &&
      this.#pass?.isValid() === true &&
      this.#update?.isValid() === true &&
      this.#variables.every(({ dataId }, i) => dataId === this.#places[i])
    );
  }

  async run(batch: Batch, learningRate: number, step: number): Promise<StepResult> {
    this.#fill(batch);
    this.#pass!.replay({ Dropout: { block: step } });
    const result = await resultOf(this.#learned!);
    if (Number.isFinite(result.loss)) this.#update!.replay(this.#optimizer.advance!(learningRate));
    return result;
  }

  dispose(): void {
    tf.dispose([this.#batch.x, this.#batch.y]);
    if (this.#learned) disposeOf(this.#learned);
    this.#pass?.dispose();
    this.#update?.dispose();
  }

  #fill({ x, y }: Batch): void {
    this.#engine.overwrite(this.#batch.x, x);
    this.#engine.overwrite(this.#batch.y, y);
  }
}
