// `compare --plan`: the arguments of every run, for another program that starts them. Nothing is run and nothing is written.
import { quoteWords, type Terminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import type { CompareRequest } from "./options.js";
import { findStates, plannedRuns, trainArguments } from "./planned-run.js";

/**
 * Prints a line a run, always all of them and in the same order, so that a line's number means the same run at each start. A run that has
 * finished ends at once when its line is used again; which lines are left is said beside them.
 */
export const printPlan = async (
  request: CompareRequest,
  terminal: Terminal,
  known: DatasetList,
): Promise<void> => {
  const runs = plannedRuns(request, request.seeds);
  const states = await findStates(runs, request, known);
  const lines = runs.map((run) => trainArguments(run, request));
  const text = request.json ? JSON.stringify(lines) : lines.map(quoteWords).join("\n");
  process.stdout.write(`${text}\n`);
  const left = runs.flatMap((run, i) => (states.get(run) === "finished" ? [] : [i + 1]));
  terminal.say(leftWords(runs.length, left));
  terminal.say("the same command without --plan runs what is then missing and makes the table");
};

const leftWords = (all: number, left: readonly number[]): string => {
  const runs = `${all} ${all === 1 ? "run" : "runs"}`;
  if (left.length === 0) return `${runs}, all of them finished`;
  return `${runs}, ${all - left.length} of them finished; to run: lines ${rangesOf(left)}`;
};

/** Numbers in ascending order as Slurm's `--array` takes them: "1-3,7". */
export const rangesOf = (numbers: readonly number[]): string => {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range && range[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
};
