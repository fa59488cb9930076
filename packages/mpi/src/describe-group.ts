// Describes a group in one line, for the first lines of a program's output.
import type { OpenGroup } from "./group.js";

/** Number of processes, library, launcher, and hosts with their numbers of ranks. */
export const describeGroup = ({ size, ranks, launcher, library }: OpenGroup): string => {
  const hosts = new Map(ranks.map(({ host, localSize }) => [host, localSize]));
  const where = [...hosts].map(([host, count]) => `${host} (${count})`).join(", ");
  const by = launcher ? `, started by ${launcher.name}` : "";
  return `${size} ${size === 1 ? "process" : "processes"} on ${where}${by}${library ? `, ${library.version}` : ""}`;
};
