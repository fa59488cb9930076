// What several rounds of timings say about each operation: the least time on each side, and the ratio.
import { median } from "../statistics.js";

type Timings = Record<string, number | string>;

/** The timings of one round. */
export interface Round {
  /** tfjs's own backend on one thread. */
  stock: Timings;
  /** Engine wasm on one thread. */
  ours: Timings;
  /** Engine wasm on all threads. */
  allThreads: Timings;
}

/** Milliseconds, or what the operation failed with. */
export interface OpRow {
  operation: string;
  stock: number | string;
  ours: number | string;
  allThreads: number | string;
  /** Time of ours by that of tfjs's, on one thread: the median of the rounds. Absent where one of them failed. */
  ratio?: number;
}

/** Ratios between these bounds count as equal. */
const EQUAL = 1.1;

const least = (values: (number | string)[]): number | string => {
  const failed = values.find((value) => typeof value === "string");
  return failed ?? Math.min(...(values as number[]));
};

/** A row for each operation, the slowest beside tfjs's first. */
export const opRows = (names: readonly string[], rounds: readonly Round[]): OpRow[] =>
  names
    .map((operation): OpRow => {
      const column = (side: keyof Round) => rounds.map((round) => round[side][operation]!);
      const [stock, ours, allThreads] = [
        least(column("stock")),
        least(column("ours")),
        least(column("allThreads")),
      ];
      const ratios = rounds.map(({ stock, ours }) => Number(ours[operation]) / Number(stock[operation]));
      const both = typeof stock === "number" && typeof ours === "number";
      return { operation, stock, ours, allThreads, ...(both && { ratio: median(ratios) }) };
    })
    .toSorted((a, b) => (b.ratio ?? Infinity) - (a.ratio ?? Infinity));

/** How many operations are faster, equal and slower, and those that cannot be compared. */
export const summary = (rows: readonly OpRow[]) => ({
  faster: rows.filter(({ ratio }) => ratio !== undefined && ratio < 1 / EQUAL).length,
  equal: rows.filter(({ ratio }) => ratio !== undefined && ratio >= 1 / EQUAL && ratio <= EQUAL).length,
  slower: rows.filter(({ ratio }) => ratio !== undefined && ratio > EQUAL),
  failed: rows.filter(({ ratio }) => ratio === undefined),
});

/** The table for a terminal. */
export const describe = (rows: readonly OpRow[], threads: number): string[] => {
  const time = (value: number | string) =>
    (typeof value === "number" ? value.toFixed(3) : "failed").padStart(10);
  const { faster, equal, slower, failed } = summary(rows);
  return [
    `${"milliseconds".padEnd(28)}      tfjs      ours ${`${threads} threads`.padStart(10)}   ratio`,
    ...rows.map(
      ({ operation, stock, ours, allThreads, ratio }) =>
        `${operation.padEnd(27)}${time(stock)}${time(ours)} ${time(allThreads)} ${(ratio?.toFixed(2) ?? "").padStart(7)}`,
    ),
    `${faster} faster, ${equal} equal, ${slower.length} slower, ${failed.length} failed`,
    ...failed.map(
      ({ operation, stock, ours }) =>
        `${operation}: ${[typeof stock === "string" && `tfjs: ${stock}`, typeof ours === "string" && `ours: ${ours}`].filter(Boolean).join("; ")}`,
    ),
  ];
};
