// Lines printed about the processes of a group before training: their number, machines and threads, and warnings.
import { availableParallelism, cpus } from "node:os";
import type { Engine } from "@mlpconv/tensor";
import type { Processes } from "./processes.js";

/** One process and its machine. */
export interface ProcessFacts {
  host: string;
  /** Description of the engine's device. */
  device: string;
  /** Number of threads that it uses; 1 if the engine has no threads. */
  threads: number;
  /** Number of cores that it may use. */
  allowed: number;
  /** Number of cores of its machine. */
  cores: number;
  node: string;
}

/** The lines, in every process; empty for a single process. */
export const processLines = async (
  { rank, size, gathered, library, hosts }: Processes,
  { device }: Engine,
): Promise<string[]> => {
  if (size === 1) return [];
  const facts = await gathered<ProcessFacts>({
    host: hosts[rank]!,
    device,
    threads: Number(/^(\d+) threads?\b/.exec(device)?.[1] ?? 1),
    allowed: availableParallelism(),
    cores: cpus().length,
    node: process.version,
  });
  const from = library === undefined ? "" : ` (${library})`;
  return [
    `together ${size} processes${from}: ${hostWords(facts)}`,
    ...warnings(facts).map((text) => `warning: ${text}`),
  ];
};

/** On how many processes a run of so many shards, a power of two, may go on: "1, 2 or 4 processes". */
export const processesFor = (shards: number): string => {
  const numbers = Array.from({ length: Math.log2(shards) + 1 }, (_, i) => 2 ** i);
  const [last, ...smaller] = numbers.toReversed();
  if (smaller.length === 0) return "1 process";
  const listed = smaller.length > 4 ? "1, 2, 4, 8, ..." : smaller.toReversed().join(", ");
  return `${listed} or ${last} processes`;
};

/** "node1 (2 processes of 4 threads), node2 (2 processes of 4 threads)". */
export const hostWords = (facts: readonly ProcessFacts[]): string =>
  Array.from(byHost(facts), ([host, here]) => {
    const threads = [...new Set(here.map(({ threads: n }) => n))].join(" or ");
    return `${host} (${plural(here.length, "process", "processes")} of ${threads} ${threads === "1" ? "thread" : "threads"})`;
  }).join(", ");

/** Warnings about slow configurations, and about results that depend on the machine. */
export const warnings = (facts: readonly ProcessFacts[]): string[] => {
  const found: string[] = [];
  for (const [host, here] of byHost(facts)) {
    const [{ cores }] = here as [ProcessFacts];
    const threads = here.reduce((sum, { threads: n }) => sum + n, 0);
    const fair = Math.max(1, Math.floor(cores / here.length));
    const crowded = here.find(({ threads: n, allowed }) => n > allowed);
    if (crowded)
      found.push(
        `${host}: ${plural(crowded.threads, "thread", "threads")} of a process on ${plural(crowded.allowed, "core", "cores")}; set MLPCONV_THREADS=${crowded.allowed}, or bind it to more: mpirun --map-by slot:PE=${crowded.threads}, srun --cpus-per-task ${crowded.threads}`,
      );
    else if (threads > cores)
      found.push(
        `${host}: ${threads} threads of ${plural(here.length, "process", "processes")} on ${plural(cores, "core", "cores")}; set MLPCONV_THREADS=${fair}`,
      );
    else if (here.some(({ threads: n, allowed }) => n < fair && allowed < fair))
      found.push(
        `${host}: ${plural(threads, "thread", "threads")} on ${plural(cores, "core", "cores")}, because processes are bound to fewer; mpirun --bind-to none or --map-by slot:PE=${fair}, srun --cpus-per-task ${fair}`,
      );
  }
  const devices = [...new Set(facts.map(({ device }) => device))];
  if (devices.length > 1)
    found.push(
      `processes compute on different devices (${devices.join("; ")}): the last bits depend on which of them has which shard`,
    );
  const versions = [...new Set(facts.map(({ node }) => node))];
  if (versions.length > 1) found.push(`processes run on different versions of Node: ${versions.join(", ")}`);
  return found;
};

const byHost = (facts: readonly ProcessFacts[]): Map<string, ProcessFacts[]> => {
  const hosts = new Map<string, ProcessFacts[]>();
  for (const fact of facts) hosts.set(fact.host, [...(hosts.get(fact.host) ?? []), fact]);
  return hosts;
};

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
