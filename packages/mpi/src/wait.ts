// Waits without blocking: polls the library and lets timers and signals run in between. During a blocking call this process would
// not notice anything until the last rank has arrived.
import { setImmediate, setTimeout } from "node:timers/promises";
import koffi from "koffi";

/** Yields the core to another process, for example the rank that is being waited for. */
const yieldCore: () => void = koffi.load(null).func("sched_yield", "int", []);

/** Milliseconds of polling before timers run. */
const TURN = 0.05;
/** Milliseconds of waiting, and (below) bytes for each further one, after which this process sleeps between two polls. */
const EAGER = 20;
const EAGER_BYTES_PER_MS = 100_000;
/** Milliseconds of a turn above which the time was not spent waiting: this process or the machine was suspended. */
const LONGEST_TURN = 1000;

export interface WaitOptions {
  /** Bytes in transit: while they may still be on their way, this process does not sleep. */
  bytes?: number;
  /** Called between polls with the milliseconds waited so far. An error that it throws ends the waiting. */
  onTurn?: (waited: number) => void;
}

/** Waits until `isDone` returns true. */
export const waitUntil = async (
  isDone: () => boolean,
  { bytes = 0, onTurn }: WaitOptions = {},
): Promise<void> => {
  const eager = EAGER + bytes / EAGER_BYTES_PER_MS;
  let waited = 0;
  for (let before = performance.now(); ; ) {
    const begin = performance.now();
    do if (isDone()) return;
    while (performance.now() - begin < TURN);
    yieldCore();
    await (waited < eager ? setImmediate() : setTimeout(1));
    const now = performance.now();
    waited += Math.min(now - before, LONGEST_TURN);
    before = now;
    onTurn?.(waited);
  }
};
