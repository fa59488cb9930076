// Whether the library connected the processes that the launcher started. The library of another MPI finds no launcher of its own, and
// makes each process a world of one without a word.
import { fstatSync } from "node:fs";
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

/** Whether a file descriptor is one by which a launcher can speak with this process. */
const isConnection = (descriptor: number): boolean => {
  try {
    const found = fstatSync(descriptor);
    return found.isSocket() || found.isFIFO();
  } catch {
    return false;
  }
};

/**
 * Throws where the launcher connects no processes; with MLPCONV_MPI the library may know better. Throws also where a program of Node, which
 * hands on nothing but standard input and output, stands between the launcher and this process, which needs one more descriptor of MPICH's.
 */
export const expectConnection = (launcher: Launcher | undefined, env = process.env): void => {
  const descriptor = env.PMI_FD;
  if (launcher?.family === "MPICH" && launcher.size > 1 && descriptor && !isConnection(Number(descriptor)))
    throw new MpiError(
      "wrong-launcher",
      `${launcher.size} processes started by ${launcher.name}, but its connection to this one is closed: expected ${launcher.name} to start the program itself, got another program between them, such as npx, npm or pnpm; start for example \`${launcher.name} -n ${launcher.size} node_modules/.bin/mlpconv train\` or \`${launcher.name} -n ${launcher.size} node program.js\``,
    );
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
