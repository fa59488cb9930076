// How the tests of clusters start `rank.ts`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf } from "../../../../test/program-of.js";
import type { Hosts, LaunchOptions } from "../../src/cluster/index.js";

/** Node with the program. */
export const rank = [process.execPath, await programOf(new URL("rank.ts", import.meta.url))] as const;

/** Where packages are found. */
const cwd = fileURLToPath(new URL("../..", import.meta.url));

/** Options of `launch` with these environment variables. */
export const withEnv = (env: Record<string, string> = {}): LaunchOptions => ({ cwd, env });

/** Lines that begin with "rank", in the order of ranks. */
export const rankLines = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("rank "))
    .toSorted();

const onPath = (program: string): boolean =>
  (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));

/** How each MPI library starts one process on each host, over TCP. */
export const launchers = [
  {
    library: "Open MPI",
    missing: !onPath("mpirun.openmpi"),
    // Without keepalive, mpirun waits a quarter of an hour for a host that it cannot tell to end.
    command: ({ all, agent }: Hosts, env: Record<string, string>): [string, ...string[]] => [
      "mpirun.openmpi",
      "--allow-run-as-root",
      "--host",
      all.map(({ name }) => name).join(),
      ..."--map-by node --bind-to none --mca plm_rsh_agent".split(" "),
      agent,
      ..."--mca btl tcp,self --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0".split(" "),
      ..."--mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 2".split(
        " ",
      ),
      ...Object.keys(env).flatMap((name) => ["-x", name]),
      ...rank,
    ],
  },
  {
    library: "MPICH",
    missing: !onPath("mpiexec.mpich"),
    // UCX sees that all hosts have the kernel in common and would use shared memory.
    command: ({ all, agent }: Hosts): [string, ...string[]] => [
      "mpiexec.mpich",
      "-hosts",
      all.map(({ name }) => name).join(),
      ..."-ppn 1 -n 4 -iface eth0 -launcher ssh -launcher-exec".split(" "),
      agent,
      ..."-genv UCX_TLS tcp,self -genv UCX_NET_DEVICES eth0".split(" "),
      ...rank,
    ],
  },
];
