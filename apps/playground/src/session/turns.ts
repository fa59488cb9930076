// One after another: what touches the engine waits for what began before it.

/** A queue of asynchronous work. */
export interface Turns {
  /** Does the work once all earlier work is done, and gives what it gives. */
  take<T>(work: () => T | Promise<T>): Promise<T>;
}

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take: (work) => {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
  };
};
