// Commands that are for one process, started by a launcher of many: all would do the same work and write the same files.
import { detectLauncher, type Launcher } from "@mlpconv/mpi";
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
