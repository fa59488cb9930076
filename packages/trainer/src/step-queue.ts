// The steps of a run that have begun and whose losses are not known yet, and what time each of them takes.
import type { StepResult } from "./gradients.js";
import type { Begun } from "./step.js";

interface Step {
  examples: number;
  learningRate: number;
}

/** A step whose loss is known. */
export interface Done extends Step, StepResult {
  /** In which no other step ran. */
  seconds: number;
}

export class Underway {
  readonly #steps: (() => Promise<Done>)[] = [];
  #freeSince = 0;

  get count(): number {
    return this.#steps.length;
  }

  /** Begins a step, behind those that have begun. */
  async begin(step: Step, begin: () => Promise<Begun>): Promise<void> {
    const from = performance.now();
    const { result } = await begin();
    const known = result.then((figures) => ({ ...figures, at: performance.now() }));
    // Thrown where it is waited for, if it ever is.
    known.catch(() => {});
    this.#steps.push(async () => {
      const { at, ...figures } = await known;
      // A step that began before the last one was done ran after it.
      const seconds = (at - Math.max(from, this.#freeSince)) / 1000;
      this.#freeSince = at;
      return { ...step, ...figures, seconds };
    });
  }

  /** Waits for all of them, whatever comes out. */
  async drain(): Promise<void> {
    for (const step of this.#steps.splice(0)) await step().catch(() => {});
  }

  /** Waits for the oldest ones until only `most` are left. */
  async *settle(most: number): AsyncGenerator<Done, void, void> {
    while (this.count > most) yield await this.#steps.shift()!();
  }
}
