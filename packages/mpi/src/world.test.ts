import { expect, test } from "vitest";
import { detectLauncher } from "./launcher.js";
import { expectConnection, expectSameWorld, shortVersion } from "./world.js";

const openMpi = { name: "mpirun", family: "Open MPI", rank: 0, size: 4 } as const;

test("a world of another size than the launcher's is refused", () => {
  expect(() => expectSameWorld(openMpi, 1, "MPICH 4.0.2 (libmpich.so.12)")).toThrow(
    /^mpi: 4 processes started by mpirun, but each sees a world of 1: expected the library of mpirun, got MPICH 4.0.2 \(libmpich.so.12\); start with the launcher/,
  );
  expect(() => expectSameWorld(openMpi, 4, "")).not.toThrow();
  expect(() => expectSameWorld(undefined, 1, "")).not.toThrow();
  expect(() => expectSameWorld({ ...openMpi, name: "srun" }, 1, "")).toThrow(
    "`srun --mpi=pmix` for Open MPI",
  );
});

test("srun that connects nobody is refused before a library is loaded", () => {
  const srun = { name: "srun", rank: 0, size: 4 } as const;
  expect(() => expectConnection(srun, {})).toThrow(
    /^mpi: 4 processes started by srun, but it connects none of them: .*`srun --mpi=pmi2` for MPICH/,
  );
  expect(() => expectConnection({ ...srun, size: 1 }, {})).not.toThrow();
  expect(() => expectConnection(srun, { MLPCONV_MPI: "libmpi.so" })).not.toThrow();
  expect(() => expectConnection(openMpi, {})).not.toThrow();
});

test("a version is the first words of what a library says", () => {
  expect(shortVersion("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4")).toBe("Open MPI v4.1.4");
  expect(shortVersion("MPICH Version:      4.0.2\nMPICH Release date: Thu Apr  7")).toBe("MPICH 4.0.2");
  expect(shortVersion("Intel(R) MPI Library 2021.6 for Linux* OS")).toBe(
    "Intel(R) MPI Library 2021.6 for Linux* OS",
  );
});

test.each([
  [
    "a world of one",
    { OMPI_COMM_WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "0" },
    (env: NodeJS.ProcessEnv) => expectSameWorld(openMpi, 1, "Open MPI v4.1.4", env),
    "unset OMPI_COMM_WORLD_SIZE",
  ],
  [
    "a closed connection",
    { PMI_SIZE: "4", PMI_RANK: "0", PMI_FD: "999" },
    (env: NodeJS.ProcessEnv) => expectConnection({ name: "mpiexec", family: "MPICH", rank: 0, size: 4 }, env),
    "unset PMI_SIZE",
  ],
  [
    "srun --mpi=none",
    { SLURM_STEP_NUM_TASKS: "4", SLURM_PROCID: "0" },
    (env: NodeJS.ProcessEnv) => expectConnection({ name: "srun", rank: 0, size: 4 }, env),
    "unset SLURM_STEP_NUM_TASKS",
  ],
  [
    "srun --mpi=pmi2",
    { SLURM_STEP_NUM_TASKS: "4", SLURM_PROCID: "0", PMI_SIZE: "4", PMI_RANK: "0" },
    (env: NodeJS.ProcessEnv) =>
      expectSameWorld({ name: "srun", family: "MPICH", rank: 0, size: 4 }, 1, "MPICH 4.0.2", env),
    "unset PMI_SIZE SLURM_STEP_NUM_TASKS",
  ],
  [
    "mpiexec -pmi-port",
    { PMI_PORT: "node1:41401", PMI_ID: "1", MPI_LOCALNRANKS: "1" },
    detectLauncher,
    "unset PMI_PORT",
  ],
])(
  "%s in a process that was started alone: the error says what to unset, and then it is alone",
  (_, env, check, fix) => {
    expect(() => check(env)).toThrow(
      `; for a process that was started alone, in a shell with variables of a launcher: ${fix}`,
    );
    const names = fix.split(" ").slice(1);
    const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
    expect(detectLauncher(rest)).toBeUndefined();
  },
);
