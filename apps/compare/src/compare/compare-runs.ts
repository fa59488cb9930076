// What `compare` does, in order: plan, each run as a child process, the table.
import { join } from "node:path";
import { duration, findRun, Interrupted } from "@mlpconv/cli-kit";
import { writeReport } from "@mlpconv/report/node";
import { followLog, readRun } from "@mlpconv/runs/node";
import { analyseRuns } from "../analysis/analyse-runs.js";
import { type BudgetPlan, planBudget, planLines } from "./budget.js";
import { buildComparison } from "./build-comparison.js";
import type { CompareTools } from "./compare-tools.js";
import type { Comparison, Failure, GridRow } from "./comparison.js";
import { comparisonFolder, readPlan, writeComparison, writePlan } from "./comparison-folder.js";
import { comparisonLines, comparisonSummary } from "./comparison-table.js";
import { runGrid } from "./grid-runs.js";
import { accuracyWords, liveLines, type RunProgress } from "./live-table.js";
import { measureCost } from "./measure-cost.js";
import type { CompareRequest } from "./options.js";
import { checkData, findStates, type PlannedRun, plannedRuns } from "./planned-run.js";
import { runChild } from "./train-run.js";

/** @throws Interrupted when a signal came; Error when a run failed, after all others ran and the table is written */
export const compareRuns = async (request: CompareRequest, tools: CompareTools): Promise<void> => {
  const { terminal, interruption } = tools;
  const stopped = () =>
    new Interrupted(
      interruption.exitCode() ?? 130,
      `interrupted; what was trained is in runs/${request.name}-*; go on with the same command`,
    );
  const plan =
    request.budget === undefined ? undefined : await makePlan(request, request.budget, tools, stopped);
  const runs = plannedRuns(request, plan?.seeds ?? request.seeds, plan?.shortened);

  // All of them before the first is begun: what does not fit together is said before hours of work.
  const states = await findStates(runs, request, tools.known);

  /** What is shown of each run. */
  const progress = new Map(
    runs.map((run): [PlannedRun, RunProgress] => [
      run,
      { name: run.name, milestones: [], state: states.get(run) === "finished" ? "finished" : "waiting" },
    ]),
  );
  const live = () => terminal.live((columns) => liveLines([...progress.values()], columns).join("\n"));
  /** @returns why it failed; undefined when it did not */
  const runOne = async (run: PlannedRun, untilEpoch?: number): Promise<string | undefined> => {
    const shown = progress.get(run)!;
    const state = states.get(run)!;
    const isThere = state === "finished" || (await hasTrained(run, untilEpoch));
    const reason = await runChild(
      run,
      isThere ? "finished" : state,
      request,
      { ...tools, shown, live },
      untilEpoch,
    );
    if (interruption.signal.aborted) throw stopped();
    shown.state = reason !== undefined ? "failed" : untilEpoch === undefined ? "finished" : "stopped";
    const begun = runs.filter((each) => ["finished", "stopped"].includes(progress.get(each)!.state));
    if (reason === undefined && !isThere) await checkData(begun);
    terminal.say(outcomeLine(shown, isThere, reason));
    return reason;
  };

  const { finished, shownRuns, failures, grid } = await (request.grid
    ? runAllOfGrid(request, runs, { runOne, say: terminal.say })
    : runAll(runs, runOne));
  const told = shownRuns.map((run) => ({ ...run, milestones: progress.get(run)!.milestones }));
  const compared = await buildComparison(request, told, failures, plan?.leftOut ?? []);
  const comparison = { ...compared, ...(grid && { grid }) };
  const paths = await writeComparison(comparison);
  if (finished.length > 0) paths.push(await writePage(request, finished, comparison, tools));
  terminal.say("");
  for (const line of comparisonLines(comparison)) terminal.say(line);
  terminal.say(`written to ${paths.join(", ")}`);
  if (request.json) process.stdout.write(`${JSON.stringify(comparison)}\n`);
  // A learning rate that diverges is an outcome of a grid.
  const without = request.models.filter((model) => !shownRuns.some((run) => run.model === model));
  if (grid && without.length > 0)
    throw new Error(
      `compare: expected a combination of the grid that trains ${without.join(", ")} to the end, got failures of all; try lower learning rates`,
    );
  if (!grid && failures.length > 0) {
    throw new Error(
      `compare: expected every run to finish, got ${failures.length} of ${runs.length} that failed; the same command tries them again`,
    );
  }
};

/** Runs that ended, and what is told of them. */
interface Trained {
  /** Those that were trained to the end, the ones of the table first. */
  finished: PlannedRun[];
  /** Those of which the rows of the table are. */
  shownRuns: PlannedRun[];
  failures: Failure[];
  grid?: GridRow[];
}

const runAll = async (
  runs: readonly PlannedRun[],
  runOne: (run: PlannedRun) => Promise<string | undefined>,
): Promise<Trained> => {
  const finished: PlannedRun[] = [];
  const failures: Failure[] = [];
  for (const run of runs) {
    const reason = await runOne(run);
    if (reason === undefined) finished.push(run);
    else failures.push({ run: run.name, model: run.model, seed: run.seed, reason });
  }
  return { finished, shownRuns: finished, failures };
};

/** Trains a grid; the rows of the table are of each net's best combination. */
const runAllOfGrid = async (
  request: CompareRequest,
  runs: readonly PlannedRun[],
  {
    runOne,
    say,
  }: {
    runOne: (run: PlannedRun, untilEpoch?: number) => Promise<string | undefined>;
    say: (line: string) => void;
  },
): Promise<Trained> => {
  say(`grid: chosen by held-out images, ${100 * request.valShare!}% of the training images (--val-share)`);
  const { rows, winners, finished, failures } = await runGrid(request, runs, { train: runOne, say });
  const best = winners.flatMap(({ runs }) => runs);
  const names = new Set(best.map(({ name }) => name));
  return {
    finished: [...best, ...finished.filter(({ name }) => !names.has(name))],
    shownRuns: best,
    failures,
    grid: rows,
  };
};

/** Whether a run's log has an epoch already. */
const hasTrained = async ({ folder }: PlannedRun, epoch: number | undefined): Promise<boolean> =>
  epoch !== undefined &&
  (await followLog(join(folder, "events.jsonl"))()).some(
    (event) => event.type === "epoch" && event.epoch >= epoch,
  );

/** The page: all runs over one another, and by itself the first of each net. @returns its path */
const writePage = async (
  request: CompareRequest,
  finished: readonly PlannedRun[],
  comparison: Comparison,
  tools: CompareTools,
): Promise<string> => {
  const firsts = request.models.flatMap((model) => finished.find((run) => run.model === model) ?? []);
  const found = await Promise.all(firsts.map(({ name }) => findRun("compare", name, undefined)));
  await analyseRuns("compare", found, request, tools);
  const runs = await Promise.all(finished.map(({ folder }) => readRun(folder)));
  const detailed = runs.filter(({ name }) => firsts.some((first) => first.name === name));
  const title = `Comparison: ${request.name}`;
  const summary = comparisonSummary(comparison);
  const [page] = await writeReport(comparisonFolder(request.name), { runs, detailed, summary, title });
  return page!;
};

const outcomeLine = (
  { name, state, seconds, ...accuracies }: RunProgress,
  kept: boolean,
  reason: string | undefined,
): string =>
  [
    `${name}: ${reason === undefined ? (kept ? "finished before" : state) : `failed: ${reason}`}`,
    ...accuracyWords(accuracies).map(([of, accuracy]) => `${of} accuracy ${accuracy}`),
    ...(seconds === undefined ? [] : [duration(seconds)]),
  ].join(", ");

/** Measures a few steps of each net, unless an earlier start did. */
const makePlan = async (
  request: CompareRequest,
  budget: number,
  { terminal, interruption: { signal }, train }: CompareTools,
  stopped: () => Interrupted,
): Promise<BudgetPlan> => {
  let plan = await readPlan(request);
  if (!plan) {
    const began = performance.now();
    const costs = [];
    for (const model of request.models) {
      terminal.live(() => `measuring ${model}`);
      costs.push(
        await measureCost(request, model, train, signal).catch((error) => {
          throw signal.aborted ? stopped() : error;
        }),
      );
    }
    plan = planBudget(costs, request.seeds, budget - (performance.now() - began) / 1000);
    await writePlan(request, plan);
  }
  for (const line of planLines(plan)) terminal.say(line);
  return plan;
};
