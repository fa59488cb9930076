// Checks that the library has connected the processes that the launcher started. The library of another MPI does not find its own launcher,
// and silently makes each process a group of one.
import { fstatSync } from "node:fs";
import { aloneFix, type Launcher } from "./launcher.js";
import { MpiError } from "./mpi-error.js";

/** A library's name and version: "Open MPI v4.1.4", "MPICH 4.0.2". */
export const shortVersion = (text: string): string =>
  text
    .split(/[\n,]/)[0]!
    .replace(/\s*\bVersion:\s*/, " ")
    .trim();

const srunFix =
  "start with `srun --mpi=pmix` for Open MPI or `srun --mpi=pmi2` for MPICH (`srun --mpi=list` says what there is)";

const fixFor = ({ name, family }: Launcher, env: NodeJS.ProcessEnv): string => {
  const library = env.MLPCONV_MPI
    ? "unset MLPCONV_MPI"
    : "set MLPCONV_MPI to the library that was installed with it";
  const others =
    name === "srun"
      ? `${srunFix}, and ${library}`
      : `start with the launcher of this library, or ${library}: ${name} belongs to ${family}`;
  return `${others}${aloneFix(env)}`;
};

/** Whether a file descriptor may be a launcher's connection to this process. */
const isConnection = (descriptor: number): boolean => {
  try {
    const found = fstatSync(descriptor);
    return found.isSocket() || found.isFIFO();
  } catch {
    return false;
  }
};

/**
 * Throws an error if the launcher connects no processes; the library that MLPCONV_MPI names may still connect them. Also throws if a Node program
 * is between the launcher and this process: it passes on only standard input and output, but MPICH's launcher needs another descriptor.
 */
export const expectConnection = (launcher: Launcher | undefined, env = process.env): void => {
  const descriptor = env.PMI_FD;
  if (launcher?.family === "MPICH" && launcher.size > 1 && descriptor && !isConnection(Number(descriptor)))
    throw new MpiError(
      "wrong-launcher",
      `${launcher.size} processes started by ${launcher.name}, but its connection to this one is closed: expected ${launcher.name} to start the program itself, got another program between them, such as npx, npm or pnpm; start for example \`${launcher.name} -n ${launcher.size} node_modules/.bin/mlpconv train\` or \`${launcher.name} -n ${launcher.size} node program.js\`${aloneFix(env)}`,
    );
  if (!launcher || launcher.family || launcher.size === 1 || env.MLPCONV_MPI) return;
  throw new MpiError(
    "wrong-launcher",
    `${launcher.size} processes started by ${launcher.name}, but it connects none of them: expected a launcher for MPI, got --mpi=none; ${srunFix}${aloneFix(env)}`,
  );
};

/** Throws where the launcher started another number of processes than the library sees. */
export const expectSameWorld = (
  launcher: Launcher | undefined,
  size: number,
  library: string,
  env = process.env,
): void => {
  if (!launcher || launcher.size === size) return;
  throw new MpiError(
    "wrong-launcher",
    `${launcher.size} processes started by ${launcher.name}, but each sees a world of ${size}: expected the library of ${launcher.name}, got ${library}; ${fixFor(launcher, env)}`,
  );
};
