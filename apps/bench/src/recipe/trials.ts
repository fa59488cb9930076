// The runs of experiments: which are still to be done, in which order, and what they are called.
import { createHash } from "node:crypto";
import type { Trial } from "./experiments.js";
import type { TrialRow } from "./trial-row.js";

/** One run: a trial with one of its seeds. */
export interface Waiting<T extends Trial = Trial> {
  trial: T;
  seed: number;
}

/** Runs that have no row yet. All trials with seed 0 come first, so that a benchmark that is stopped early has results of each. */
export const runsToDo = <T extends Trial>(
  trials: readonly T[],
  rows: readonly Pick<TrialRow, "what" | "flags" | "seed">[],
): Waiting<T>[] => {
  const isDone = ({ what, flags }: Trial, seed: number) =>
    rows.some((row) => row.what === what && row.flags === flags && row.seed === seed);
  const most = Math.max(0, ...trials.map(({ seeds }) => seeds));
  return Array.from({ length: most }, (_, seed) =>
    trials.filter((trial) => seed < trial.seeds && !isDone(trial, seed)).map((trial) => ({ trial, seed })),
  ).flat();
};

/** Rows in the experiment's order, because runs end in any order. */
export const inOrder = <R extends Pick<TrialRow, "what" | "seed">>(
  rows: readonly R[],
  trials: readonly Trial[],
): R[] => {
  const place = ({ what }: R) => trials.findIndex((trial) => trial.what === what);
  return rows.toSorted((a, b) => place(a) - place(b) || a.seed - b.seed);
};

/** A readable name that changes when the trial's flags change. */
export const runNameOf = (name: string, { trial, seed }: Waiting): string => {
  const { what, model, preset, flags } = trial;
  const words = [name, model, ...what.split(/[^A-Za-z0-9]+/)].filter(Boolean).join("-");
  const hash = createHash("sha256").update(`${preset} ${flags}`).digest("hex").slice(0, 6);
  return `${words}-${hash}-seed${seed}`;
};
