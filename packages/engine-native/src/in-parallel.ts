// Runs tasks concurrently, as many at a time as there are cores.
import { availableParallelism } from "node:os";

/** Runs all tasks. After a failure no further task is started; once the running ones have ended, the first error is thrown. */
export const inParallel = async (tasks: (() => Promise<void>)[]): Promise<void> => {
  const queue = tasks.values();
  let failed = false;
  const worker = async () => {
    for (const task of queue) {
      if (failed) return;
      await task().catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
};
