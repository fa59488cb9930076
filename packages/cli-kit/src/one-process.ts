// A program as one of many that a launcher started: commands that are for one process, because all would do the same work and write the same
// files, and the end of a process that fails before it has joined the others.
import { detectLauncher, hasJoined, type Launcher, openGroup } from "@mlpconv/mpi";
import { ElsewhereError, UsageError } from "./errors.js";

/** Commands that know what to do as one of many processes. */
const forMany: readonly string[] = ["train", "engines"];

/**
 * @throws UsageError in the first of several processes, for a command that is for one; ElsewhereError in the others, which say nothing
 */
export const checkOneProcess = (
  command: string,
  launcher: Pick<Launcher, "name" | "rank" | "size"> | undefined = detectLauncher(),
): void => {
  if (!launcher || launcher.size === 1 || forMany.includes(command)) return;
  if (launcher.rank > 0) throw new ElsewhereError(undefined, 2);
  throw new UsageError(command, [
    `expected one process, got ${launcher.size}, started by ${launcher.name}; start ${command} without it, or by ${launcher.name} -n 1`,
  ]);
};

/** Time in which the others join, in milliseconds. */
const patience = 60_000;

/**
 * Ends the other processes of the launcher, after this one failed before it joined them. They may wait for it where they join, in the MPI library,
 * which notices no end of a process that it does not know: mpiexec and srun would wait for ever. Does nothing for one process alone, or one that
 * has joined.
 */
export const endOthers = async (exitCode: number): Promise<void> => {
  const join = async () => {
    if (hasJoined() || (detectLauncher()?.size ?? 1) === 1) return undefined;
    return openGroup({ patience });
  };
  // Where this process cannot join, none can.
  const group = await join().catch(() => undefined);
  group?.abort(exitCode);
};
