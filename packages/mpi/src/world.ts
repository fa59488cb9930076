// Whether the library connected the processes that the launcher started. The library of another MPI finds no launcher of its own, and
// makes each process a world of one without a word.
import type { Launcher } from "./launcher.js";
import { MpiError } from "./mpi-error.js";

/** A library's name and version: "Open MPI v4.1.4", "MPICH 4.0.2". */
export const shortVersion = (text: string): string =>
  text
    .split(/[\n,]/)[0]!
    .replace(/\s*\bVersion:\s*/, " ")
    .trim();

const fixFor = ({ name, family }: Launcher): string => {
  if (name === "srun")
    return "start with `srun --mpi=pmix` for Open MPI or `srun --mpi=pmi2` for MPICH (`srun --mpi=list` says what there is), and set MLPCONV_MPI to the library that belongs to it";
  const override = process.env.MLPCONV_MPI
    ? "unset MLPCONV_MPI"
    : "set MLPCONV_MPI to the library that was installed with it";
  return `start with the launcher of this library, or ${override}: ${name} belongs to ${family}`;
};

/** Throws where the launcher started another number of processes than the library sees. */
export const expectSameWorld = (launcher: Launcher | undefined, size: number, library: string): void => {
  if (!launcher || launcher.size === size) return;
  throw new MpiError(
    "wrong-launcher",
    `${launcher.size} processes started by ${launcher.name}, but each sees a world of ${size}: expected the library of ${launcher.name}, got ${library}; ${fixFor(launcher)}`,
  );
};
