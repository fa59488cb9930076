// Starts a measuring program of this folder as ranks of Open MPI, each with one thread and, if possible, its own core.
import { spawnSync } from "node:child_process";
import { mpiEnvironment, mpiLaunchers } from "../../../../test/mpi-launchers.js";
import { nodeArguments, runJson } from "../run-json.js";

/** Transport of messages between ranks on one machine. */
export type Transport = "shared memory" | "TCP";

/** Environment that limits engine native to one thread. */
export const oneThread = { MLPCONV_THREADS: "1" };

/** Starts ranks on this machine. */
export interface MpiRun {
  /** Whether each rank has its own core. */
  bound: boolean;
  /** Runs `measure-NAME.ts` with the given number of ranks and parses the output of rank 0. */
  run<T>(ranks: number, file: string, args: readonly string[], transport?: Transport): Promise<T>;
}

/** @throws Error when Open MPI is not installed */
export const findMpiRun = (): MpiRun => {
  const launcher = mpiLaunchers().find(({ name }) => name === "Open MPI");
  if (!launcher)
    throw new Error(
      "bench: expected Open MPI's mpirun.openmpi, got none; install it with apt-get install openmpi-bin",
    );
  const [command = "", ...options] = launcher.command;
  const cores = ["--bind-to", "core"];
  const environment = { ...mpiEnvironment, ...oneThread };
  const { status } = spawnSync(command, [...options, ...cores, "-n", "2", "true"], {
    env: { ...process.env, ...environment },
  });
  const bound = status === 0;
  const binding = bound ? cores : ["--bind-to", "none"];
  return {
    bound,
    run(ranks, file, args, transport = "shared memory") {
      const network = transport === "TCP" ? ["--mca", "btl", "self,tcp"] : [];
      const node = [process.execPath, ...nodeArguments(`distributed/${file}`, ...args)];
      return runJson(
        command,
        [...options, ...binding, ...network, "-n", String(ranks), ...node],
        environment,
      );
    },
  };
};
