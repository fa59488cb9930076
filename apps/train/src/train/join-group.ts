// Joins the processes that a launcher started. Without a launcher no MPI library is looked for, and nothing of it is loaded.
import { describeError, ElsewhereError, exitCodeOf, type TypedFlags } from "@mlpconv/cli-kit";
import { detectLauncher } from "@mlpconv/mpi/launcher";
import { DivergedError } from "@mlpconv/trainer";
import { alone, type Processes, processesOf } from "./processes.js";

const defaultPatience = 300;

/**
 * Does the work in each process of the group that this one belongs to, or in this one alone. What fails on all of them process 0 tells; what
 * fails on one it tells itself, and ends the others.
 */
export const withProcesses = async (
  { patience }: TypedFlags,
  work: (processes: Processes) => Promise<void>,
): Promise<void> => {
  const launched = detectLauncher(process.env);
  if (!launched || launched.size === 1) return work(alone);
  const { openGroup } = await import("@mlpconv/mpi");
  // A patience that is none is refused with all other flags, once the processes are joined.
  const seconds = Number(patience ?? defaultPatience);
  const group = await openGroup({ patience: (seconds > 0 ? seconds : defaultPatience) * 1000 });
  const processes = processesOf(group);
  try {
    await work(processes);
  } catch (error) {
    if (!processes.isKnown(error) && !(error instanceof DivergedError)) {
      process.stderr.write(`process ${group.rank} of ${group.size}: ${describeError(error)}\n`);
      group.abort(exitCodeOf(error));
    }
    await group.close();
    throw group.rank === 0 ? error : new ElsewhereError(undefined, exitCodeOf(error));
  }
  await group.close();
};
