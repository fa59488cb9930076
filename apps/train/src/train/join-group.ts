// Joins the processes that a launcher started.
import { describeError, ElsewhereError, exitCodeOf, type TypedFlags } from "@mlpconv/cli-kit";
// Loads the MPI library only where a group is opened.
import { detectLauncher, openGroup } from "@mlpconv/mpi";
import { DivergedError, GroupError } from "@mlpconv/trainer";
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
  const launcher = detectLauncher();
  if (!launcher || launcher.size === 1) return work(alone);
  // A patience that is none is refused with all other flags, once the processes are joined.
  const seconds = Number(patience ?? defaultPatience);
  const group = await openGroup({ patience: (seconds > 0 ? seconds : defaultPatience) * 1000 });
  const processes = processesOf(group, group);
  try {
    await work(processes);
  } catch (error) {
    // What training fails with, all processes fail with in the same step.
    const isKnown = processes.isKnown(error) || error instanceof DivergedError || error instanceof GroupError;
    if (!isKnown) {
      process.stderr.write(`process ${group.rank} of ${group.size}: ${describeError(error)}\n`);
      group.abort(exitCodeOf(error));
    }
    await group.close();
    throw group.rank === 0 ? error : new ElsewhereError(undefined, exitCodeOf(error));
  }
  await group.close();
};
