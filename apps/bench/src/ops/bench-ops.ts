// `bench ops`: each operation of tfjs's own wasm backend on it and on engine wasm, in alternating child processes.
import { availableParallelism } from "node:os";
import { UsageError } from "@mlpconv/cli-kit";
import { writeResults } from "../results.js";
import { nodeArguments, runJson } from "../run-json.js";
import type { Timing } from "./measure-ops.js";
import { kernelOf } from "./operations.js";
import { describe, type OpRow, opRows, summary } from "./rows.js";

export interface OpsOptions {
  /** Kernels or operations to measure; default: all. */
  only: string[];
  /** Number of rounds, each with all columns. */
  rounds: number;
  /** One short round, which writes nothing. */
  quick: boolean;
}

const measure = (backend: "ours" | "stock", threads: number, patience: number, names: string[]) =>
  runJson<Record<string, Timing>>(
    process.execPath,
    nodeArguments("ops/measure-ops.ts", backend, String(patience), ...names),
    { MLPCONV_THREADS: String(threads) },
  );

/** @throws UsageError when no operation has one of the names */
export const benchOps = async ({ only, rounds, quick }: OpsOptions): Promise<OpRow[]> => {
  const names = await chosen(only);
  const threads = availableParallelism();
  const patience = quick ? 1 : 100;
  const runs = [];
  for (let round = 0; round < (quick ? 1 : rounds); round++) {
    runs.push({
      stock: await measure("stock", 1, patience, names),
      ours: await measure("ours", 1, patience, names),
      allThreads: await measure("ours", threads, patience, names),
    });
  }
  const rows = opRows(names, runs);
  for (const line of describe(rows, threads)) console.log(line);
  if (quick) return rows;
  const { faster, equal, slower, failed } = summary(rows);
  const operationsOf = (some: OpRow[]) => some.map(({ operation }) => operation);
  const counts = { faster, equal, slower: operationsOf(slower), failed: operationsOf(failed) };
  const figures = { rounds, threads, ...counts, rows };
  console.log(`written to ${writeResults("ops", "wasm", "tfjs-wasm 4.22.0", figures)}`);
  return rows;
};

const chosen = async (only: string[]): Promise<string[]> => {
  const { tf } = await import("@mlpconv/tensor");
  await tf.setBackend("cpu");
  const { operations } = await import("./operations.js");
  const all = tf.tidy(() => Object.keys(operations()));
  const isKnown = (name: string) => all.some((each) => each === name || kernelOf(each) === name);
  const unknown = only.filter((name) => !isKnown(name));
  if (unknown.length > 0)
    throw new UsageError("bench ops", [
      `expected names of tfjs's kernels, as in \`--only Max TopK\`, got ${unknown.join(", ")}`,
    ]);
  return only.length === 0 ? all : all.filter((each) => only.includes(each) || only.includes(kernelOf(each)));
};
