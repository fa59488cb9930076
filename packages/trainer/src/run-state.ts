// Progress of a run: the contents of a checkpoint, and when the next one is due.
import type { EpochEvent, PlateauState, Position, Progress } from "./events.js";
import { Meter } from "./metrics.js";
import type { CompletedStep } from "./step-queue.js";
import type { CheckpointOptions } from "./train-options.js";

export class RunState {
  /** Optimiser updates so far. */
  step: number;
  /** Steps of the current epoch so far. */
  stepInEpoch: number;
  /** The event of the last epoch that was trained and tested. */
  lastEpoch: EpochEvent | undefined;
  /** State of a learning rate that falls on a plateau. */
  plateau: PlateauState | undefined;
  #epochMeter: Meter;
  readonly #runMeter: Meter;
  readonly #startedAt: number;
  readonly #checkpoint: Required<CheckpointOptions>;
  #checkpointedAt = performance.now();

  /** @param resume position from which a run continues */
  constructor(resume?: Position, { steps = Infinity, seconds = Infinity }: CheckpointOptions = {}) {
    this.step = resume?.step ?? 0;
    this.stepInEpoch = resume?.stepInEpoch ?? 0;
    this.lastEpoch = resume?.last;
    this.plateau = resume?.plateau;
    this.#epochMeter = new Meter(resume?.epochSums);
    this.#runMeter = new Meter(resume?.runSums);
    this.#startedAt = performance.now() - (resume?.seconds ?? 0) * 1000;
    this.#checkpoint = { steps, seconds };
  }

  /** Number of epochs that were trained and tested. */
  get epochs(): number {
    return this.lastEpoch?.epoch ?? 0;
  }

  /** Factor of the learning rate, beside that of the schedule. */
  get rateFactor(): number {
    return this.plateau?.factor ?? 1;
  }

  /** Counts a step and adds its figures to the running means. */
  add({ examples, loss, right, seconds }: CompletedStep): void {
    this.step++;
    this.stepInEpoch++;
    for (const meter of [this.#epochMeter, this.#runMeter]) meter.add(examples, loss, right, seconds);
  }

  /** The figures of the current epoch so far. */
  progress(): Progress {
    return { epoch: this.epochs + 1, step: this.step, ...this.#epochMeter.means() };
  }

  /** Ends the current epoch. */
  endEpoch(event: EpochEvent): void {
    this.lastEpoch = event;
    this.stepInEpoch = 0;
    this.#epochMeter = new Meter();
  }

  /** Wall-clock seconds since training began, without the time between an interruption and the resumption. */
  seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Examples a second over the whole run. */
  examplesPerSecond(): number {
    return this.#runMeter.means().examplesPerSecond;
  }

  /** Whether a checkpoint is due after this step; if so, restarts its timer. */
  checkpointDue(step: number): boolean {
    const now = performance.now();
    const { steps, seconds } = this.#checkpoint;
    if (step % steps !== 0 && now - this.#checkpointedAt < seconds * 1000) return false;
    this.#checkpointedAt = now;
    return true;
  }

  /** The position to save beside weights and optimiser. */
  position(): Position {
    return {
      step: this.step,
      epochs: this.epochs,
      stepInEpoch: this.stepInEpoch,
      epochSums: this.#epochMeter.sums(),
      runSums: this.#runMeter.sums(),
      seconds: this.seconds(),
      ...(this.lastEpoch && { last: this.lastEpoch }),
      ...(this.plateau && { plateau: this.plateau }),
    };
  }
}

/** The position before the first step of a run. */
export const startPosition = (): Position => new RunState().position();
