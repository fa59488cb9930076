// Aborts the group when a process ends without closing it: the others would wait for it, and some launchers would report success.
import { writeSync } from "node:fs";
import { inspect } from "node:util";

/** Exit code of the group when one process ended early with code 0 (EX_SOFTWARE of sysexits.h). */
const ENDED_EARLY = 70;

/** Calls `abort` with an exit code when this process ends. Returns a function that cancels this. */
export const abortAtExit = (rank: number, abort: (code: number) => void): (() => void) => {
  let uncaught: unknown;
  // Node prints an uncaught error only after "exit", where it would be lost, so it is printed here.
  const onUncaught = (error: unknown) => {
    if (process.listenerCount("uncaughtException") === 0) uncaught = error;
  };
  const onExit = (code: number) => {
    if (uncaught !== undefined)
      writeSync(2, `mpi: rank ${rank} ends with an uncaught error: ${inspect(uncaught)}\n`);
    else if (code === 0)
      writeSync(
        2,
        `mpi: expected rank ${rank} to close its group, got the end of its process; all ranks end with code ${ENDED_EARLY}; await group.close() at the end\n`,
      );
    abort(code === 0 ? ENDED_EARLY : code);
  };
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("exit", onExit);
  return () => {
    process.off("uncaughtExceptionMonitor", onUncaught);
    process.off("exit", onExit);
  };
};
