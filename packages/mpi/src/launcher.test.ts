import { expect, test } from "vitest";
import { detectLauncher, isFirstOfMachine, isStartedByMember } from "./launcher.js";

const slurm = { SLURM_PROCID: "2", SLURM_STEP_NUM_TASKS: "4", SLURM_NTASKS: "4" };

test.each([
  [
    "mpirun of Open MPI",
    { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "4", PMIX_RANK: "1" },
    { name: "mpirun", family: "Open MPI", rank: 1, size: 4 },
  ],
  [
    "mpirun in a job of Slurm",
    { ...slurm, OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "8" },
    { name: "mpirun", family: "Open MPI", rank: 0, size: 8 },
  ],
  [
    "mpiexec of MPICH",
    { PMI_RANK: "3", PMI_SIZE: "4", MPI_LOCALRANKID: "3" },
    { name: "mpiexec", family: "MPICH", rank: 3, size: 4 },
  ],
  [
    "mpiexec of MPICH in a job of Slurm",
    { ...slurm, SLURM_STEP_NUM_TASKS: "1", PMI_RANK: "3", PMI_SIZE: "8", MPI_LOCALRANKID: "1" },
    { name: "mpiexec", family: "MPICH", rank: 3, size: 8 },
  ],
  [
    "srun --mpi=pmi2",
    { ...slurm, PMI_RANK: "2", PMI_SIZE: "4" },
    { name: "srun", family: "MPICH", rank: 2, size: 4 },
  ],
  ["srun --mpi=pmix", { ...slurm, PMIX_RANK: "2" }, { name: "srun", family: "Open MPI", rank: 2, size: 4 }],
  ["srun --mpi=none", slurm, { name: "srun", rank: 2, size: 4 }],
  ["a batch script of Slurm", { SLURM_PROCID: "0", SLURM_NTASKS: "4" }, undefined],
  ["a process started by hand", {}, undefined],
  [
    "variables that are no numbers",
    { OMPI_COMM_WORLD_RANK: "x", OMPI_COMM_WORLD_SIZE: "4", PMI_RANK: "0", PMI_SIZE: "0" },
    undefined,
  ],
])("%s", (_, env, launcher) => expect(detectLauncher(env)).toEqual(launcher));

test("a process that a rank started is no rank", () => {
  const env = { PMI_RANK: "3", PMI_SIZE: "4", MPI_LOCALRANKID: "3" };
  const member = (pid: number) => ({ ...env, MLPCONV_MPI_MEMBER: `${pid}` });
  expect(detectLauncher(member(process.pid))).toMatchObject({ rank: 3 });
  expect(detectLauncher(member(process.ppid))).toBeUndefined();
  expect([isStartedByMember(env), isStartedByMember(member(process.ppid))]).toEqual([false, true]);
});

test("mpiexec -pmi-port, which tells no number of processes, is refused", () => {
  const env = { PMI_PORT: "node1:41401", PMI_ID: "1", MPI_LOCALNRANKS: "1", MPI_LOCALRANKID: "0" };
  expect(() => detectLauncher(env)).toThrow(/^mpi: expected mpiexec to say .*; start without -pmi-port;/);
});

test.each([
  [{ OMPI_COMM_WORLD_LOCAL_RANK: "0", OMPI_COMM_WORLD_RANK: "4" }, true],
  [{ OMPI_COMM_WORLD_LOCAL_RANK: "1" }, false],
  [{ MPI_LOCALRANKID: "3" }, false],
  [{ SLURM_LOCALID: "2" }, false],
  [{ SLURM_LOCALID: "x" }, true],
  [{}, true],
])("a process with %o is the first of its machine: %s", (env, expected) =>
  expect(isFirstOfMachine(env)).toBe(expected),
);
