// Detects the launcher of this process from the environment variables that launchers set.
import { MpiError } from "./mpi-error.js";

/** The two families of MPI libraries; a launcher starts programs of its own family. */
export type Family = "Open MPI" | "MPICH";

/** The program that started this process as one of a group. */
export interface Launcher {
  /** Its name on the command line. */
  readonly name: "mpirun" | "mpiexec" | "srun";
  /** The family of MPI libraries that it supports. Absent for `srun --mpi=none`, which supports none. */
  readonly family?: Family;
  /** Rank of this process. */
  readonly rank: number;
  /** Number of processes that it started. */
  readonly size: number;
}

/** Environment variable that a process sets to its process id when it opens its group: its child processes inherit the launcher's variables. */
const MEMBER = "MLPCONV_MPI_MEMBER";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that mark a process as one of several. A shell or container may pass them to a process that is not. */
const countVariables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "PMI_PORT"] as const;

/** The fix for a process that runs alone in an environment that a launcher left, for the end of an error; empty without such variables. */
export const aloneFix = (env: Environment = process.env): string => {
  const left = countVariables.filter((name) => env[name] !== undefined);
  if (left.length === 0) return "";
  return `; for a process that was started alone, in a shell with variables of a launcher: unset ${left.join(" ")}`;
};

/** Whether a process of a group started this one, which is then no member itself. */
export const isStartedByMember = (env: Environment = process.env): boolean =>
  env[MEMBER] !== undefined && env[MEMBER] !== `${process.pid}`;

/** Whether this process has opened its group, even if the group is closed now. */
export const hasJoined = (env: Environment = process.env): boolean => env[MEMBER] === `${process.pid}`;

/** Marks this process as a member; called when it opens its group. */
export const becomeMember = (): void => {
  process.env[MEMBER] = `${process.pid}`;
};

const counted = (rank: string | undefined, size: string | undefined) =>
  rank !== undefined && size !== undefined && /^\d+$/.test(rank) && /^[1-9]\d*$/.test(size)
    ? { rank: Number(rank), size: Number(size) }
    : undefined;

/**
 * The launcher of this process: `mpirun` or `mpiexec` of Open MPI, `mpiexec` of MPICH and libraries based on it, or `srun` of Slurm.
 * Undefined for a process that was started by hand, by an unknown launcher, or by a process that has opened a group. Throws an `MpiError` if the
 * launcher does not report how many processes it started.
 */
export const detectLauncher = (env: Environment = process.env): Launcher | undefined => {
  if (isStartedByMember(env)) return undefined;
  const openMpi = counted(env.OMPI_COMM_WORLD_RANK, env.OMPI_COMM_WORLD_SIZE);
  if (openMpi) return { name: "mpirun", family: "Open MPI", ...openMpi };
  // Slurm sets the rank in a batch script too, but it sets the number of tasks of a step only for processes that srun starts.
  const slurm = counted(env.SLURM_PROCID, env.SLURM_STEP_NUM_TASKS);
  const pmi = counted(env.PMI_RANK, env.PMI_SIZE);
  // Both `srun --mpi=pmi2` and mpiexec, even in a Slurm job, set PMI_SIZE; only mpiexec sets the local rank.
  if (pmi) return { name: slurm && !env.MPI_LOCALRANKID ? "srun" : "mpiexec", family: "MPICH", ...pmi };
  if (env.PMI_PORT !== undefined && env.PMI_ID !== undefined && env.MPI_LOCALNRANKS !== undefined)
    throw new MpiError(
      "wrong-launcher",
      `expected mpiexec to say how many processes it started, got -pmi-port, with which it does not; start without -pmi-port${aloneFix(env)}`,
    );
  if (!slurm) return undefined;
  return env.PMIX_RANK === undefined
    ? { name: "srun", ...slurm }
    : { name: "srun", family: "Open MPI", ...slurm };
};

/** Variables that give the rank of a process among those of its machine. */
const localRankVariables = ["OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"] as const;

/** Whether the launcher started this process as the first one of its machine; also true if the launcher does not say so. */
export const isFirstOfMachine = (env: Environment = process.env): boolean => {
  const name = localRankVariables.find((variable) => /^\d+$/.test(env[variable] ?? ""));
  return name === undefined || Number(env[name]) === 0;
};
