// The runs of a grid with successive halving. Which go on follows from the logs of the runs alone, so that the same command goes on wherever it was stopped.
import { join } from "node:path";
import { count } from "@mlpconv/cli-kit";
import { fashionMnistInfo } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { followLog } from "@mlpconv/runs/node";
import { presetSettings } from "@mlpconv/runs/recipe";
import type { Failure, GridRow } from "./comparison.js";
import { type Combination, combinationsOf } from "./grid.js";
import { bestUntil, goingOn, ranked, rungsOf } from "./halving.js";
import type { CompareRequest } from "./options.js";
import type { PlannedRun } from "./planned-run.js";

/** A net with one combination of the grid, and its runs: one a seed. */
interface GridEntry {
  model: ModelName;
  combination: Combination;
  runs: PlannedRun[];
}

/** All entries, net by net. */
const gridEntries = ({ models, grid }: CompareRequest, runs: readonly PlannedRun[]): GridEntry[] =>
  models.flatMap((model) =>
    combinationsOf(grid).map((combination) => ({
      model,
      combination,
      runs: runs.filter((run) => run.model === model && run.combination === combination.words),
    })),
  );

/** What a grid does with runs. */
export interface GridTools {
  /** Trains a run up to an epoch, unless its log is there already. Undefined: to its end. @returns why it failed; undefined when it did not */
  train(run: PlannedRun, untilEpoch: number | undefined): Promise<string | undefined>;
  /** Prints a line. */
  say(line: string): void;
}

/** The outcome of a grid. */
export interface GridOutcome {
  rows: GridRow[];
  /** The best entry of each net; its runs are finished. */
  winners: GridEntry[];
  /** Runs that were trained to their end. */
  finished: PlannedRun[];
  failures: Failure[];
}

/** Trains the grid of each net, and stops the worse combinations on the way. */
export const runGrid = async (
  request: CompareRequest,
  runs: readonly PlannedRun[],
  tools: GridTools,
): Promise<GridOutcome> => {
  const outcome: GridOutcome = { rows: [], winners: [], finished: [], failures: [] };
  const entries = gridEntries(request, runs);
  for (const model of request.models) {
    const { rows, winner, finished, failures } = await halve(
      entries.filter((entry) => entry.model === model),
      epochsOf(request, model),
      tools,
    );
    outcome.rows.push(...rows);
    outcome.finished.push(...finished);
    outcome.failures.push(...failures);
    if (winner) outcome.winners.push(winner);
  }
  return outcome;
};

/** The epochs of a whole run. The images decide them only for a folder of pictures without `--epochs`, which is refused with a grid. */
const epochsOf = ({ preset, epochs }: CompareRequest, model: ModelName): number =>
  epochs ?? presetSettings({ model, preset }, {}, fashionMnistInfo).epochs;

const eventsOf = ({ folder }: PlannedRun) => followLog(join(folder, "events.jsonl"))();

const halve = async (entries: readonly GridEntry[], epochs: number, { train, say }: GridTools) => {
  const rungs = rungsOf(epochs);
  const failures = new Map<PlannedRun, string>();
  const rows = new Map<GridEntry, GridRow>();
  let left = [...entries];
  for (const rung of rungs) {
    const isLast = rung === epochs;
    // One that is left alone needs no further start of a process.
    if (left.length === 1 && !isLast) continue;
    const contenders = [];
    for (const entry of left) {
      const accuracies = [];
      for (const run of entry.runs) {
        const reason = await train(run, isLast ? undefined : rung);
        if (reason !== undefined) failures.set(run, reason);
        accuracies.push(reason === undefined ? bestUntil(await eventsOf(run), rung) : undefined);
      }
      contenders.push({ of: entry, accuracies });
    }
    const places = ranked(contenders);
    const goOn = isLast ? 0 : goingOn(places);
    left = [];
    for (const [i, { of: entry, accuracy }] of places.entries()) {
      const { model, combination, runs } = entry;
      if (i < goOn && accuracy !== undefined) {
        left.push(entry);
        continue;
      }
      const failed = accuracy === undefined;
      const outcome = failed ? "failed" : isLast ? (i === 0 ? "best" : "finished") : "stopped";
      const place = `${ordinal(i + 1)} of ${places.length} after epoch ${rung} of ${epochs}`;
      const reason = failed ? failures.get(runs.find((run) => failures.has(run))!) : place;
      rows.set(entry, {
        model,
        settings: combination.changes,
        words: combination.words,
        runs: runs.map(({ name }) => name),
        epochs: rung,
        validationAccuracy: accuracy ?? null,
        outcome,
        reason: reason ?? "no test",
      });
    }
    // Sorted as the grid, so that equal ones stay in its order.
    left = entries.filter((entry) => left.includes(entry));
    if (!isLast)
      say(
        `${entries[0]!.model}, epoch ${rung} of ${epochs}: ${count(left.length)} of ${count(places.length)} go on: ${left.map(({ combination }) => combination.words).join(", ")}`,
      );
  }
  const winner = entries.find((entry) => rows.get(entry)?.outcome === "best");
  const ended = entries.filter((entry) => ["best", "finished"].includes(rows.get(entry)?.outcome ?? ""));
  return {
    rows: entries.map((entry) => rows.get(entry)!),
    winner,
    finished: ended.flatMap(({ runs }) => runs),
    failures: Array.from(failures, ([{ name, model, seed }, reason]) => ({ run: name, model, seed, reason })),
  };
};

/** "1st", "2nd", "3rd", "11th". */
const ordinal = (n: number): string => {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" } as Partial<
    Record<Intl.LDMLPluralRule, string>
  >;
  return `${n}${ending[ordinals.select(n)]}`;
};
const ordinals = new Intl.PluralRules("en-GB", { type: "ordinal" });
