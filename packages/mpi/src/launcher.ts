// Under which launcher this process was started, from the environment variables that launchers set.
import { MpiError } from "./mpi-error.js";

/** The two families of MPI libraries; a launcher starts programs of its own family. */
export type Family = "Open MPI" | "MPICH";

/** The program that started this process as one of a group. */
export interface Launcher {
  /** Its name on the command line. */
  readonly name: "mpirun" | "mpiexec" | "srun";
  /** The libraries that it can connect. Absent where `srun` was told of none (`--mpi=none`). */
  readonly family?: Family;
  /** Rank of this process. */
  readonly rank: number;
  /** Number of processes that it started. */
  readonly size: number;
}

/** Set in the environment of a process that has opened its group, to its process id: processes that it starts inherit the launcher's variables. */
const MEMBER = "MLPCONV_MPI_MEMBER";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a process of a group started this one, which is then no member itself. */
export const isStartedByMember = (env: Environment = process.env): boolean =>
  env[MEMBER] !== undefined && env[MEMBER] !== `${process.pid}`;

/** Whether this process has opened its group, also if that is closed by now. */
export const hasJoined = (env: Environment = process.env): boolean => env[MEMBER] === `${process.pid}`;

/** To be called when this process opens its group. */
export const becomeMember = (): void => {
  process.env[MEMBER] = `${process.pid}`;
};

const counted = (rank: string | undefined, size: string | undefined) =>
  rank !== undefined && size !== undefined && /^\d+$/.test(rank) && /^[1-9]\d*$/.test(size)
    ? { rank: Number(rank), size: Number(size) }
    : undefined;

/**
 * The launcher of this process: `mpirun` or `mpiexec` of Open MPI, `mpiexec` of MPICH and its relatives, or `srun` of Slurm.
 * Undefined for a process that was started by hand, by a launcher that is not known, or by a process
 * that has opened a group. Throws an `MpiError` where the launcher does not say how many processes it started.
 */
export const detectLauncher = (env: Environment = process.env): Launcher | undefined => {
  if (isStartedByMember(env)) return undefined;
  const openMpi = counted(env.OMPI_COMM_WORLD_RANK, env.OMPI_COMM_WORLD_SIZE);
  if (openMpi) return { name: "mpirun", family: "Open MPI", ...openMpi };
  // In a batch script Slurm sets the rank too, but the number of a step's tasks only for what srun starts.
  const slurm = counted(env.SLURM_PROCID, env.SLURM_STEP_NUM_TASKS);
  const pmi = counted(env.PMI_RANK, env.PMI_SIZE);
  // `srun --mpi=pmi2` sets PMI_SIZE, and so does mpiexec, also in a job of Slurm; the local rank is mpiexec's alone.
  if (pmi) return { name: slurm && !env.MPI_LOCALRANKID ? "srun" : "mpiexec", family: "MPICH", ...pmi };
  if (env.PMI_PORT !== undefined && env.PMI_ID !== undefined && env.MPI_LOCALNRANKS !== undefined)
    throw new MpiError(
      "wrong-launcher",
      "expected mpiexec to say how many processes it started, got -pmi-port, with which it does not; start without -pmi-port",
    );
  if (!slurm) return undefined;
  return env.PMIX_RANK === undefined
    ? { name: "srun", ...slurm }
    : { name: "srun", family: "Open MPI", ...slurm };
};
