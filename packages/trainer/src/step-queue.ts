// The steps that have begun and whose losses are not known yet, oldest first, and the time that each of them takes.
import type { StepResult } from "./train-step.js";

/** A step that has begun. */
interface PendingStep {
  examples: number;
  learningRate: number;
  /** When it began, in milliseconds of `performance.now()`. */
  startedAt: number;
  result: StepResult | Promise<StepResult>;
  /** Whether a checkpoint follows it. */
  checkpointDue: boolean;
}

/** A step whose loss is known. */
export interface CompletedStep extends Omit<PendingStep, "startedAt" | "result">, StepResult {
  /** Time in which no other step ran. */
  seconds: number;
}

type Timed = Omit<PendingStep, "result"> & { result: Promise<StepResult & { completedAt: number }> };

export class StepQueue {
  readonly #steps: Timed[] = [];
  #lastCompletedAt = 0;

  get length(): number {
    return this.#steps.length;
  }

  /** Adds a step behind those that have begun. */
  push(step: PendingStep): void {
    const result = Promise.resolve(step.result).then((figures) => ({
      ...figures,
      completedAt: performance.now(),
    }));
    // An error is thrown by `shift`; if nobody calls it, the error is not unhandled.
    result.catch(() => {});
    this.#steps.push({ ...step, result });
  }

  /** Waits for the oldest step. If its loss is not finite, also for all later ones: they change nothing, and their updates are not counted. */
  async shift(): Promise<CompletedStep> {
    const { startedAt, result, ...step } = this.#steps.shift()!;
    const { completedAt, ...figures } = await result;
    // A step that began before the last one was completed ran after it.
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
