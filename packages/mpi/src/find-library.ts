// Where the MPI library of this machine may be: the one that MLPCONV_MPI names, the one beside the launcher, or the system's.
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Family, Launcher } from "./launcher.js";

/** Names of the libraries, newest first: of Linux, then of macOS. */
const LIBRARIES: Record<Family | "ABI", readonly string[]> = {
  "Open MPI": process.platform === "darwin" ? ["libmpi.40.dylib"] : ["libmpi.so.40"],
  // Debian calls it libmpich, because libmpi is Open MPI there.
  MPICH:
    process.platform === "darwin"
      ? ["libmpi.12.dylib", "libpmpi.12.dylib"]
      : ["libmpich.so.12", "libmpi.so.12"],
  // The binary interface that MPI 5 lays down; the file belongs to the MPI that it was installed with.
  ABI: process.platform === "darwin" ? ["libmpi_abi.1.dylib"] : ["libmpi_abi.so.1", "libmpi_abi.so.0"],
};

/** Programs that start or look after processes of MPI; the library is often in `../lib` from there. */
const LAUNCHERS = /^(mpirun|mpiexec|orterun|orted|prterun|prte|prted|hydra_pmi_proxy)([.-]\w+)*$/;

/** The executables of the parent of this process, of its parent and so on. */
const ancestors = (): string[] => {
  const files: string[] = [];
  let pid: number = process.ppid;
  for (let depth = 0; depth < 32 && pid > 1; depth++) {
    try {
      files.push(readlinkSync(`/proc/${pid}/exe`));
      // The second field, a name in parentheses, may hold anything; the parent is the second field after it.
      pid = Number(
        readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")[1],
      );
    } catch {
      break; // No /proc here, or a process of another user.
    }
  }
  return files.filter((file) => LAUNCHERS.test(basename(file)));
};

/** The launchers that a user's shell would find. */
const onPath = (path = ""): string[] =>
  path
    .split(delimiter)
    .flatMap((folder) => ["mpirun", "mpiexec"].map((name) => join(folder, name)))
    .flatMap((file) => {
      try {
        return [realpathSync(file)];
      } catch {
        return [];
      }
    });

/** What to do where no candidate could be loaded. */
export const libraryFix = (family: Family | undefined, env = process.env): string => {
  if (env.MLPCONV_MPI) return "set MLPCONV_MPI to the path of an MPI library, or unset it";
  const apt = { "Open MPI": "apt-get install openmpi-bin", MPICH: "apt-get install mpich" };
  const install = family ? apt[family] : Object.values(apt).join(" or ");
  return `install it (${install}), or set MLPCONV_MPI to the path of the library`;
};

/** Files to try, in this order: paths, or names that the system's loader looks up. */
export const libraryCandidates = (launcher: Launcher | undefined, env = process.env): string[] => {
  if (env.MLPCONV_MPI) return [env.MLPCONV_MPI];
  const families: readonly Family[] = launcher?.family ? [launcher.family] : ["Open MPI", "MPICH"];
  const names = families.flatMap((family) => LIBRARIES[family]);
  const folders = new Set(
    [...ancestors(), ...onPath(env.PATH)].flatMap((file) => {
      const prefix = dirname(dirname(file));
      return [join(prefix, "lib"), join(prefix, "lib64")];
    }),
  );
  const beside = [...folders].flatMap((folder) => {
    const files = names.map((name) => join(folder, name));
    const standard = LIBRARIES.ABI.map((name) => join(folder, name));
    return [...files, ...standard].filter((file) => existsSync(file));
  });
  // The system's library of the standard ABI is MPICH's so far, so Open MPI's launcher gets only one that lies beside it.
  return [...new Set([...beside, ...names, ...(launcher?.family === "Open MPI" ? [] : LIBRARIES.ABI)])];
};
