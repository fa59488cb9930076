// A step as an engine recorded it, for batches of one shape: forward, backward and update, which the engine itself skips after a loss that is not finite.
import { moveTowards, type Recorder, type Recording, recorder, tf } from "@mlpconv/tensor";
import type { StepTensors } from "./batch-loss.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { lossAndGradients, type StepResult, variablesOf } from "./train-step.js";

export class RecordedStep {
  readonly #engine: Recorder;
  readonly #model: tf.LayersModel;
  readonly #optimizer: Optimizer;
  readonly #foundInf: tf.Scalar;
  /** The tensors that each batch is copied to before the step. */
  readonly #batch: StepTensors;
  readonly #variables: readonly tf.Variable[];
  /** The loss and the number of correct predictions in one tensor, so that the host reads once. */
  #figures: tf.Tensor1D | undefined;
  #recording: Recording | undefined;
  /** What the step changes: weights and running means. */
  #written: readonly tf.Variable[] = [];
  #dataIds: readonly object[] = [];

  /** @param foundInf set to nonzero once a loss is not finite; shared by all steps of a run */
  constructor(
    engine: Recorder,
    model: tf.LayersModel,
    optimizer: Optimizer,
    foundInf: tf.Scalar,
    { x, y, targets }: StepTensors,
  ) {
    this.#engine = engine;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#foundInf = foundInf;
    this.#batch = {
      x: tf.zerosLike(x),
      y: tf.zerosLike(y),
      ...(targets && { targets: tf.zerosLike(targets) }),
    };
    this.#variables = variablesOf(model);
  }

  /** Does the step as any other, and records it on the way. */
  async record(batch: StepTensors, learningRate: number, step: number): Promise<StepResult> {
    await this.#engine.tune();
    this.#fill(batch);
    this.#recording = this.#engine.capture(() => {
      const { loss, right, gradients, runningMeans } = lossAndGradients(this.#model, this.#batch, step);
      this.#engine.skipIfNonFinite(loss, this.#foundInf, () => {
        this.#optimizer.update(this.#variables, gradients, learningRate);
        runningMeans.forEach(moveTowards);
      });
      this.#figures = tf.tidy(() => tf.stack([loss, tf.cast(right, "float32")]) as tf.Tensor1D);
      tf.dispose([loss, right, gradients, runningMeans.map(({ value }) => value)]);
      this.#written = [...this.#variables, ...runningMeans.map(({ variable }) => variable)];
    });
    this.#dataIds = this.#written.map(({ dataId }) => dataId);
    return this.#result();
  }

  /** Whether the step may be replayed: no weight has been given another tensor since the recording, and the engine is the same. */
  isValid(): boolean {
    return (
      recorder() === this.#engine &&
      this.#recording?.isValid() === true &&
      this.#written.every(({ dataId }, i) => dataId === this.#dataIds[i])
    );
  }

  /** Begins the step again; the engine need not have done the ones before it. */
  replay(batch: StepTensors, learningRate: number, step: number): Promise<StepResult> {
    this.#fill(batch);
    this.#recording!.replay({
      Dropout: { block: step },
      ...this.#optimizer.replayAttributes!(learningRate, this.#variables),
    });
    return this.#result();
  }

  dispose(): void {
    const { x, y, targets } = this.#batch;
    tf.dispose([x, y]);
    targets?.dispose();
    this.#figures?.dispose();
    this.#recording?.dispose();
  }

  async #result(): Promise<StepResult> {
    const [loss, right] = await this.#figures!.data();
    return { loss: loss!, right: right! };
  }

  #fill({ x, y, targets }: StepTensors): void {
    this.#engine.overwrite(this.#batch.x, x);
    this.#engine.overwrite(this.#batch.y, y);
    if (targets) this.#engine.overwrite(this.#batch.targets!, targets);
  }
}
