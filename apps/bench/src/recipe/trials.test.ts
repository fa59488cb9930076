// Which runs of an experiment are still to be done.
import { expect, test } from "vitest";
import type { Trial } from "./experiments.js";
import type { TrialRow } from "./trial-row.js";
import { inOrder, runNameOf, runsToDo } from "./trials.js";

const trial = (what: string, seeds: number, flags = ""): Trial => ({
  what,
  model: "nin",
  preset: "best",
  flags,
  seeds,
});
const row = (what: string, seed: number, flags = "") => ({ what, seed, flags }) as TrialRow;
const short = (runs: ReturnType<typeof runsToDo>) => runs.map((run) => `${run.trial.what} ${run.seed}`);

test("every trial is run with its first seed before any is run with a second one", () => {
  expect(short(runsToDo([trial("a", 2), trial("b", 1), trial("c", 3)], []))).toEqual(
    "a 0,b 0,c 0,a 1,c 1,c 2".split(","),
  );
});

test("a run that has a row is not done again, unless its flags were changed since", () => {
  const trials = [trial("a", 2, "--lr 1"), trial("b", 1)];
  const rows = [row("a", 1, "--lr 1"), row("a", 0, "--lr 2"), row("b", 0)];
  expect(short(runsToDo(trials, rows))).toEqual(["a 0"]);
});

test("rows are in the order of the trials and seeds", () => {
  const rows = [row("b", 1), row("a", 0), row("b", 0)];
  expect(inOrder(rows, [trial("b", 2), trial("a", 1)])).toEqual([row("b", 0), row("b", 1), row("a", 0)]);
});

test("a run's name has no character that a folder may not have, and changes with the flags", () => {
  const nameOf = (flags: string) => runNameOf("x", { trial: trial("a b, 0.1", 1, flags), seed: 2 });
  expect(nameOf("--lr 1")).toMatch(/^x-nin-a-b-0-1-[0-9a-f]{6}-seed2$/);
  expect(nameOf("--lr 1")).not.toBe(nameOf("--lr 2"));
});
