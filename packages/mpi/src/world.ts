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

const srunFix =
  "start with `srun --mpi=pmix` for Open MPI or `srun --mpi=pmi2` for MPICH (`srun --mpi=list` says what there is)";

const fixFor = ({ name, family }: Launcher): string => {
  const library = process.env.MLPCONV_MPI
    ? "unset MLPCONV_MPI"
    : "set MLPCONV_MPI to the library that was installed with it";
  return name === "srun"
    ? `${srunFix}, and ${library}`
    : `start with the launcher of this library, or ${library}: ${name} belongs to ${family}`;
};

/** Throws where the launcher connects no processes. With MLPCONV_MPI the library may know better. */
export const expectConnection = (launcher: Launcher | undefined, env = process.env): void => {
  if (!launcher || launcher.family || launcher.size === 1 || env.MLPCONV_MPI) return;
  throw new MpiError(
    "wrong-launcher",
    `${launcher.size} processes started by ${launcher.name}, but it connects none of them: expected a launcher for MPI, got --mpi=none; ${srunFix}`,
  );
};

/** Throws where the launcher started another number of processes than the library sees. */
export const expectSameWorld = (launcher: Launcher | undefined, size: number, library: string): void => {
  if (!launcher || launcher.size === size) return;
  throw new MpiError(
    "wrong-launcher",
    `${launcher.size} processes started by ${launcher.name}, but each sees a world of ${size}: expected the library of ${launcher.name}, got ${library}; ${fixFor(launcher)}`,
  );
};
