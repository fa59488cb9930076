import { expect, test } from "vitest";
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
