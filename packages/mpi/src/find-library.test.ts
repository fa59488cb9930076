import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isChildOfLauncher, libraryCandidates, libraryFix } from "./find-library.js";

const prefix = mkdtempSync(join(tmpdir(), "mpi-"));
afterAll(() => rmSync(prefix, { recursive: true }));
for (const file of ["bin/mpiexec", "lib/libmpi.so.40", "lib/libmpi.so.12", "lib/libmpi_abi.so.1"]) {
  mkdirSync(join(prefix, file, ".."), { recursive: true });
  writeFileSync(join(prefix, file), "");
}
const openMpi = { name: "mpirun", family: "Open MPI", rank: 0, size: 2 } as const;
const mpich = { name: "mpiexec", family: "MPICH", rank: 0, size: 2 } as const;
const linux = process.platform === "linux";

test("MLPCONV_MPI is the only candidate", () => {
  expect(libraryCandidates(openMpi, { MLPCONV_MPI: "/a/libmpi.so", PATH: join(prefix, "bin") })).toEqual([
    "/a/libmpi.so",
  ]);
  expect(libraryFix("MPICH", { MLPCONV_MPI: "/a/libmpi.so" })).toContain("or unset it");
});

test.runIf(linux)("a launcher gets the libraries of its family, those on the PATH first", () => {
  const env = { PATH: join(prefix, "bin") };
  const lib = (name: string) => join(prefix, "lib", name);
  expect(libraryCandidates(openMpi, env)).toEqual([
    lib("libmpi.so.40"),
    lib("libmpi_abi.so.1"),
    "libmpi.so.40",
  ]);
  expect(libraryCandidates(mpich, env)).toEqual([
    ...["libmpi.so.12", "libmpi_abi.so.1"].map(lib),
    ...["libmpich.so.12", "libmpi.so.12", "libmpi_abi.so.1", "libmpi_abi.so.0"],
  ]);
});

test.runIf(linux)("without a launcher every library is a candidate", () =>
  expect(libraryCandidates(undefined, { PATH: "" })).toEqual(
    expect.arrayContaining(["libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpi_abi.so.1"]),
  ),
);

test("what to install is that of the launcher", () => {
  expect(libraryFix("Open MPI", {})).toContain("(apt-get install openmpi-bin)");
  expect(libraryFix("MPICH", {})).toContain("(apt-get install mpich)");
  expect(libraryFix(undefined, {})).toContain("(apt-get install openmpi-bin or apt-get install mpich)");
  expect(libraryFix("MPICH", { PMI_SIZE: "4" })).toMatch(/started alone, .*: unset PMI_SIZE$/);
});

test("a process of this test is not started by a launcher, nor by a process that is not there", () => {
  expect(isChildOfLauncher()).toBe(false);
  expect(isChildOfLauncher(2 ** 30)).toBe(false);
});
