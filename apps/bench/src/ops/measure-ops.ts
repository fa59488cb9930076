// Times operations on one backend in this process; prints one line of JSON: milliseconds by operation, or what an operation failed with.
// arguments: "ours" or "stock", milliseconds for each operation, operations or nothing for all
import { tf, useEngine } from "@mlpconv/tensor";
import { operations } from "./operations.js";

/** The least of the calls' times in milliseconds, or the text of an error. */
export type Timing = number | string;

const LEAST_CALLS = 3;
const MOST_CALLS = 1000;

const [backend, patience, ...names] = process.argv.slice(2) as ["ours" | "stock", string, ...string[]];
if (backend === "ours") await useEngine("wasm");
else {
  const { setThreadsCount } = await import("./stock-backend.js");
  setThreadsCount(1);
  await tf.setBackend("wasm");
}

const least = (call: () => unknown): Timing => {
  const once = () => {
    const from = performance.now();
    tf.engine().startScope();
    call();
    tf.engine().endScope();
    return performance.now() - from;
  };
  try {
    const begin = performance.now();
    // The first call is a warm-up.
    once();
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < MOST_CALLS; i++) {
      if (i >= LEAST_CALLS && performance.now() - begin > Number(patience)) break;
      best = Math.min(best, once());
    }
    return best;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const timings: Record<string, Timing> = {};
const all = operations();
for (const name of names.length > 0 ? names : Object.keys(all)) timings[name] = least(all[name]!);
console.log(JSON.stringify(timings));
process.exit(0);
