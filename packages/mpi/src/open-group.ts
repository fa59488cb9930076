// Opens the group of processes to which the launcher added this one.
import { openAlone } from "./alone.js";
import { checkPatience } from "./check-arguments.js";
import type { OpenGroup } from "./group.js";
import { detectLauncher } from "./launcher.js";

/** Options of `openGroup`. */
export interface OpenGroupOptions {
  /**
   * Milliseconds that a collective may take; default 5 minutes. After that, ranks that do not answer count as lost, and the collective is
   * rejected with a `PatienceError` that names them. It must exceed the longest time between the arrivals of ranks. Infinity waits for ever.
   */
  patience?: number;
  /**
   * Whether a process that was started without a launcher, or as the launcher's only process, becomes a group of one without loading a
   * library. By default the library is loaded and determines the group.
   */
  alone?: boolean;
}

/**
 * Opens the group of the processes that `mpirun`, `mpiexec` or `srun` started. Each of them must call it once.
 * Rejects with an `MpiError` if there is no MPI library, or the library does not belong to the launcher.
 */
export const openGroup = async ({
  patience = 300_000,
  alone = false,
}: OpenGroupOptions = {}): Promise<OpenGroup> => {
  checkPatience(patience);
  const launcher = detectLauncher();
  if (alone && (launcher?.size ?? 1) === 1) return openAlone();
  // Imported only here, because it loads native code.
  const { openMpiGroup } = await import("./mpi-group.js");
  return openMpiGroup({ launcher, patience });
};
