// Queue of steps that were started and whose losses are not known yet, oldest first. Measures the time of each.
import type { StepResult } from "./train-step.js";

/** A step that was started. */
interface PendingStep {
  examples: number;
  learningRate: number;
  /** Start time in milliseconds of `performance.now()`. */
  startedAt: number;
  result: StepResult | Promise<StepResult>;
  /** Whether a checkpoint follows it. */
  checkpointDue: boolean;
}

/** A step whose loss is known. */
export interface CompletedStep extends Omit<PendingStep, "startedAt" | "result">, StepResult {
  /** Seconds in which no other step ran. */
  seconds: number;
}

type Timed = Omit<PendingStep, "result"> & { result: Promise<StepResult & { completedAt: number }> };

export class StepQueue {
  readonly #steps: Timed[] = [];
  #lastCompletedAt = 0;

  get length(): number {
    return this.#steps.length;
  }

  /** Adds a step to the end of the queue. */
  push(step: PendingStep): void {
    const result = Promise.resolve(step.result).then((figures) => ({
      ...figures,
      completedAt: performance.now(),
    }));
    // `shift` throws the error; without this handler it would be unhandled if `shift` is not called.
    result.catch(() => {});
    this.#steps.push({ ...step, result });
  }

  /** Waits for the oldest step. If its loss is not finite, waits for all later ones too: they change nothing and their updates are not counted. */
  async shift(): Promise<CompletedStep> {
    const { startedAt, result, ...step } = this.#steps.shift()!;
    const { completedAt, ...figures } = await result;
    // A step that was started before the previous one completed ran after it.
    const seconds = (completedAt - Math.max(startedAt, this.#lastCompletedAt)) / 1000;
    this.#lastCompletedAt = completedAt;
    if (!Number.isFinite(figures.loss))
      await Promise.allSettled(this.#steps.splice(0).map((later) => later.result));
    return { ...step, ...figures, seconds };
  }

  /** Waits for steps, oldest first, until at most `most` are left. */
  async *drain(most = 0): AsyncGenerator<CompletedStep, void, void> {
    while (this.length > most) yield await this.shift();
  }
}
