// The launchers of this machine, and how the tests start ranks with them.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface TestLauncher {
  name: string;
  command: readonly string[];
  /** Name of its library, for the system's loader. */
  library: string;
  /** What the library says that it is. */
  version: RegExp;
}

const all: readonly TestLauncher[] = [
  {
    name: "Open MPI",
    // More ranks than cores, which wait for each other: they must give way.
    command: ["mpirun.openmpi", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1"],
    library: "libmpi.so.40",
    version: /Open MPI v\d/,
  },
  { name: "MPICH", command: ["mpiexec.mpich"], library: "libmpich.so.12", version: /MPICH \d/ },
];

/** Open MPI refuses to run as root otherwise. */
const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };

const isThere = ({ command: [program = ""] }: TestLauncher): boolean =>
  spawnSync(program, ["--version"], { env: { ...process.env, ...asRoot } }).status === 0;

export const launchers = all.filter(isThere);
for (const { name, command } of all.filter((launcher) => !launchers.includes(launcher)))
  console.warn(
    `${name}: ${command[0]} is not installed, its tests are skipped (apt-get install openmpi-bin mpich)`,
  );

const program = fileURLToPath(new URL("rank.ts", import.meta.url));

export interface Finished {
  code: number | null;
  /** Standard output and errors of all ranks. */
  output: string;
  /** Seconds from the start, or from the last call of `onOutput` that returned true. */
  seconds: number;
}

interface RunOptions {
  env?: Record<string, string>;
  /** Called with all output so far, until it returns true. */
  onOutput?: (output: string) => boolean;
  file?: string;
}

export const runRanks = (
  { command: [launcher = "", ...options] }: Pick<TestLauncher, "command">,
  ranks: number,
  args: readonly string[],
  { env = {}, onOutput = () => true, file = program }: RunOptions = {},
): Promise<Finished> => {
  const node = [
    process.execPath,
    "--expose-gc",
    "--conditions=@mlpconv/source",
    "--import",
    import.meta.resolve("tsx"),
    file,
  ];
  const child = spawn(launcher, [...options, "-n", `${ranks}`, ...node, ...args], {
    env: { ...process.env, ...asRoot, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let seen = false;
  let start = performance.now();
  const read = (chunk: Buffer) => {
    output += chunk;
    if (seen || !onOutput(output)) return;
    seen = true;
    start = performance.now();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => child.kill("SIGKILL"), 50_000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(tooLong);
      resolve({ code, output, seconds: (performance.now() - start) / 1000 });
    });
  });
};
