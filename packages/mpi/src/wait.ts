// Waiting without blocking: ask the library again and again, and let timers and signals have their turn in between. A blocking call
// would keep this process from noticing anything until the last rank has come.
import { setImmediate, setTimeout } from "node:timers/promises";
import koffi from "koffi";

/** The core goes to another process that wants it, for example the rank that is waited for. */
const yieldCore: () => void = koffi.load(null).func("sched_yield", "int", []);

/** Milliseconds of asking before timers have their turn. */
const TURN = 0.05;
/** Milliseconds of waiting, and bytes for each further one, after which this process sleeps between two turns. */
const EAGER = 20;
const EAGER_BYTES_PER_MS = 100_000;
/** A longer turn was no waiting: this process, or the whole machine, was stopped. */
const LONGEST_TURN = 1000;

export interface WaitOptions {
  /** Bytes that travel: as long as they may still be under way, this process does not sleep. */
  bytes?: number;
  /** Called between turns with the milliseconds that were waited for. Ends the waiting when it throws. */
  onTurn?: (waited: number) => void;
}

/** Until it is done. */
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
