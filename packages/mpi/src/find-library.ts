// Finds this machine's MPI library: the one that MLPCONV_MPI names, the one beside the launcher, or the system's.
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { aloneFix, type Family, type Launcher } from "./launcher.js";

/** Names of the libraries for macOS and Linux, newest first. */
const LIBRARIES: Record<Family | "ABI", readonly string[]> = {
  "Open MPI": process.platform === "darwin" ? ["libmpi.40.dylib"] : ["libmpi.so.40"],
  // On Debian, MPICH's library is libmpich, because libmpi is Open MPI there.
  MPICH:
    process.platform === "darwin"
      ? ["libmpi.12.dylib", "libpmpi.12.dylib"]
      : ["libmpich.so.12", "libmpi.so.12"],
  // The binary interface that MPI 5 specifies; the file belongs to the MPI with which it was installed.
  ABI: process.platform === "darwin" ? ["libmpi_abi.1.dylib"] : ["libmpi_abi.so.1", "libmpi_abi.so.0"],
};

/** Programs that start or manage MPI processes; the library is often in `../lib` relative to them. */
const LAUNCHERS = /^(mpirun|mpiexec|orterun|orted|prterun|prte|prted|hydra_pmi_proxy)([.-]\w+)*$/;

/**
 * Whether a launcher itself started this process; false where the system does not say so. A shell that a launcher started passes its variables on to
 * programs that run alone.
 */
export const isChildOfLauncher = (parent = process.ppid): boolean => {
  try {
    const name = readFileSync(`/proc/${parent}/comm`, "utf8").trim();
    return LAUNCHERS.test(name) || name === "slurmstepd";
  } catch {
    return false;
  }
};

/** The executables of this process's parent, grandparent and so on. */
const ancestors = (): string[] => {
  const files: string[] = [];
  let pid: number = process.ppid;
  for (let depth = 0; depth < 32 && pid > 1; depth++) {
    try {
      files.push(readlinkSync(`/proc/${pid}/exe`));
      // The second field, a name in parentheses, may contain any characters; the parent is the second field after it.
      pid = Number(
        readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")[1],
      );
    } catch {
      break; // There is no /proc, or the process belongs to another user.
    }
  }
  return files.filter((file) => LAUNCHERS.test(basename(file)));
};

/** The launchers on the PATH. */
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

/** Fix for the error when no candidate could be loaded. */
export const libraryFix = (family: Family | undefined, env = process.env): string => {
  if (env.MLPCONV_MPI) return "set MLPCONV_MPI to the path of an MPI library, or unset it";
  const apt = { "Open MPI": "apt-get install openmpi-bin", MPICH: "apt-get install mpich" };
  const install = family ? apt[family] : Object.values(apt).join(" or ");
  return `install it (${install}), or set MLPCONV_MPI to the path of the library${aloneFix(env)}`;
};

/** Libraries to try, in order: paths, or names that the system's loader resolves. */
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
  // So far, only MPICH installs a library of the standard ABI, so under Open MPI's launcher it is used only when it is beside the launcher.
  return [...new Set([...beside, ...names, ...(launcher?.family === "Open MPI" ? [] : LIBRARIES.ABI)])];
};
