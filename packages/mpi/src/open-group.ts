// Opens the group that this process was started in.
import { openAlone } from "./alone.js";
import { checkPatience } from "./check-arguments.js";
import type { OpenGroup } from "./group.js";
import { detectLauncher } from "./launcher.js";

/** How long to wait, and what to do without a launcher. */
export interface OpenGroupOptions {
  /**
   * Milliseconds that a collective may take, 5 minutes by default. After that the ranks that do not answer count as lost: the collective is
   * rejected with a `PatienceError` that names them. Must be longer than the longest time by which ranks arrive apart. Infinity waits for ever.
   */
  patience?: number;
  /**
   * Whether a process that no launcher started, or that it started alone, is a group of one for which no library is loaded. By default the
   * library is loaded all the same, and decides.
   */
  alone?: boolean;
}

/**
 * Opens the group of the processes that `mpirun`, `mpiexec` or `srun` started. Every one of them must call it, once.
 * Rejected with an `MpiError` where there is no MPI library, or the library is not that of the launcher.
 */
export const openGroup = async ({
  patience = 300_000,
  alone = false,
}: OpenGroupOptions = {}): Promise<OpenGroup> => {
  checkPatience(patience);
  const launcher = detectLauncher();
  if (alone && (launcher?.size ?? 1) === 1) return openAlone();
  // Imported here, because it loads native code.
  const { openMpiGroup } = await import("./mpi-group.js");
  return openMpiGroup({ launcher, patience });
};
