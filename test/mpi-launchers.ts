// The MPI launchers of this machine, for tests and measurements that start several processes.
import { spawnSync } from "node:child_process";

export interface MpiLauncher {
  name: string;
  command: readonly string[];
  /** Name of its library, for the system's loader. */
  library: string;
  /** What the library says that it is. */
  version: RegExp;
}

/** Open MPI refuses to run as root otherwise. */
export const mpiEnvironment = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };

const known: readonly MpiLauncher[] = [
  {
    name: "Open MPI",
    // More processes than cores, which wait for each other: they must give way.
    command: ["mpirun.openmpi", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1"],
    library: "libmpi.so.40",
    version: /Open MPI v\d/,
  },
  { name: "MPICH", command: ["mpiexec.mpich"], library: "libmpich.so.12", version: /MPICH \d/ },
];

/** Those that are installed; the others are named on stderr. */
export const mpiLaunchers = (): MpiLauncher[] =>
  known.filter(({ name, command }) => {
    const { status } = spawnSync(command[0]!, ["--version"], { env: { ...process.env, ...mpiEnvironment } });
    if (status !== 0)
      console.warn(
        `skipped: ${name}, because ${command[0]} is not installed (apt-get install openmpi-bin mpich)`,
      );
    return status === 0;
  });
