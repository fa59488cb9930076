// The module's other threads.
import type { Exports } from "./exports.js";
import { type StartWorker, workerProgram } from "./worker.js";

const STACK_BYTES = 256 << 10;
/** Until all Workers have joined; then those that have are the pool. */
const PATIENCE = 20_000;

export interface Pool {
  /** Why some Workers did not start, in words; undefined where all have. */
  problem: string | undefined;
  /** Ends them. */
  close(): void;
}

interface Parts {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  exports: Exports;
  allocate(bytes: number): number;
}

/** Starts so many Workers, and waits until they have joined. Where some cannot start, those that can do the work. */
export const startPool = async (
  { module, memory, exports, allocate }: Parts,
  count: number,
  startWorker: StartWorker,
): Promise<Pool> => {
  const failures: string[] = [];
  const onFailure = (reason: string) => void failures.push(reason);
  const start = () => {
    const stackEnd = allocate(STACK_BYTES) + STACK_BYTES;
    const locals = allocate((exports.__tls_size?.value as number) || 1);
    try {
      return [startWorker(workerProgram, { module, memory, stackEnd, locals }, onFailure)];
    } catch (error) {
      // Some browsers throw what others tell later.
      onFailure(error instanceof Error ? error.message : String(error));
      return [];
    }
  };
  const workers = Array.from({ length: count }, start).flat();
  const until = performance.now() + PATIENCE;
  while (exports.mlpconv_workers() + failures.length < count && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 2));
  const started = exports.mlpconv_workers();
  return {
    problem:
      started < count
        ? `${count - started} of ${count} Workers did not start: ${failures[0] ?? "no answer"}`
        : undefined,
    close: () => {
      for (const worker of workers) worker.terminate();
    },
  };
};
