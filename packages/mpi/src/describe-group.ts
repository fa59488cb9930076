// A group in words, for the first lines of a program.
import type { OpenGroup } from "./group.js";

/** One line: number of processes, library, launcher, and hosts with their numbers of ranks. */
export const describeGroup = ({ size, ranks, launcher, library }: OpenGroup): string => {
  const hosts = new Map(ranks.map(({ host, localSize }) => [host, localSize]));
  const where = [...hosts].map(([host, count]) => `${host} (${count})`).join(", ");
  const by = launcher ? `, started by ${launcher.name}` : "";
  return `${size} ${size === 1 ? "process" : "processes"} on ${where}${by}${library ? `, ${library.version}` : ""}`;
};
