// Joins the processes that a launcher started.
import {
  describeError,
  ElsewhereError,
  exitCodeOf,
  Interrupted,
  type TypedFlags,
  waitForFirst,
} from "@mlpconv/cli-kit";
// Loads the MPI library only when a group is opened.
import { detectLauncher, openGroup } from "@mlpconv/mpi";
import { DivergedError, GroupError, RanksDifferError } from "@mlpconv/trainer";
import { printAgain } from "./kept-stderr.js";
import { alone, type Processes, processesOf } from "./processes.js";

const defaultPatience = 300;

/** Milliseconds that are enough for `withProcesses` to end all processes when one of them has failed. */
export const abortsWithin = 30_000;

/** Whether a launcher started this process as one of several. */
export const isOneOfMany = (): boolean => (detectLauncher()?.size ?? 1) > 1;

/** Whether all processes fail with this error in the same step. */
export const failsOnAll = (error: unknown): boolean =>
  [DivergedError, GroupError, RanksDifferError].some((kind) => error instanceof kind);

/**
 * Runs the work in each process of the group to which this one belongs, or in this one alone. Process 0 reports errors that all processes share.
 * Any other error is reported by its own process, which then ends the others.
 */
export const withProcesses = async (
  { patience }: TypedFlags,
  work: (processes: Processes) => Promise<void>,
): Promise<void> => {
  const launcher = detectLauncher();
  if (!launcher || launcher.size === 1) return work(alone);
  // An invalid patience is reported together with all other flags, after the processes have joined.
  const seconds = Number(patience ?? defaultPatience);
  const group = await openGroup({ patience: (seconds > 0 ? seconds : defaultPatience) * 1000 });
  const processes = processesOf(group, group);
  try {
    await work(processes);
  } catch (error) {
    if (!processes.isKnown(error) && !failsOnAll(error)) {
      printAgain();
      // A signal to the launcher interrupts all; process 0 then prints for them, and ends them.
      await waitForFirst(group.rank);
      const from =
        error instanceof Interrupted && group.rank === 0 ? "" : `${processes.nameOf(group.rank)}: `;
      process.stderr.write(`${from}${describeError(error)}\n`);
      group.abort(exitCodeOf(error));
    }
    await group.close();
    throw group.rank === 0 ? error : new ElsewhereError(undefined, exitCodeOf(error));
  }
  await group.close();
};
