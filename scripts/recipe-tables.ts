// Tables of experiments on training, from results/recipe-*.
import type { Words } from "./results-words.js";
import { median, percent, table } from "./tables.js";

export interface RecipeRow {
  what: string;
  resize: number;
  epochs: number;
  parameters: number;
  testAccuracies: number[];
  plateauSteps: number | null;
  /** Absent, as the next two, where dead channels were not counted. */
  deadClasses?: number;
  deadHidden?: number;
  hiddenChannels?: number;
}

interface GpuRecipeRow extends RecipeRow {
  /** Of training images that were held out; absent where none were. */
  validationAccuracies?: number[];
  averageTestAccuracies?: number[];
  averageValidationAccuracies?: number[];
  seconds: number;
  /** Number of simultaneous runs. */
  jobs: number;
  precision: string;
}
export interface GpuRecipeResult {
  machine: { gpu: string; driver: string; dawn: string; node: string };
  date: string;
  rows: GpuRecipeRow[];
}

// Of ten classes; the chapter's dead runs end exactly there.
const chance = 0.105;

export const recipe = ({ rows }: { rows: readonly RecipeRow[] }, words: Words): string => {
  const lines = [...new Set(rows.map(({ what }) => what))].map((what) => {
    const runs = rows.filter((row) => row.what === what);
    const accuracies = runs.map(({ testAccuracies }) => testAccuracies.at(-1)!);
    const steps = median(runs.map(({ plateauSteps }) => plateauSteps ?? Number.POSITIVE_INFINITY));
    return [
      what,
      String(runs[0]!.resize),
      String(runs[0]!.epochs),
      String(runs.length),
      `**${median(accuracies).toFixed(4)}**`,
      Math.min(...accuracies).toFixed(4),
      Math.max(...accuracies).toFixed(4),
      String(accuracies.filter((accuracy) => accuracy <= chance).length),
      Number.isFinite(steps) ? String(Math.round(steps)) : words.never,
      runs.map(({ deadClasses }) => deadClasses).join(" "),
      deadShare(runs, words),
    ];
  });
  return table(words.recipe, lines);
};

/** Median share of hidden channels that died. */
const deadShare = (runs: readonly RecipeRow[], words: Words): string => {
  const shares = runs.flatMap(({ deadHidden, hiddenChannels }) =>
    deadHidden === undefined || !hiddenChannels ? [] : [deadHidden / hiddenChannels],
  );
  if (shares.length > 0) return percent(median(shares));
  return runs.some(({ hiddenChannels }) => hiddenChannels === 0) ? words.noRelu : "";
};

/** Accuracies after the last epoch as "median (lowest-highest)", or one accuracy; empty where there are none. */
const lastOf = (curves: readonly (readonly number[] | undefined)[]): string => {
  const last = curves.flatMap((curve) => (curve ? [curve.at(-1)!] : []));
  if (last.length === 0) return "";
  const [low, high] = [Math.min(...last), Math.max(...last)];
  const range = last.length > 1 ? ` (${low.toFixed(4)}-${high.toFixed(4)})` : "";
  return `**${median(last).toFixed(4)}**${range}`;
};

/** Columns that no row fills are left out. */
export const recipeOnGpu = ({ machine, date, rows }: GpuRecipeResult, words: Words): string => {
  const columns: ((runs: GpuRecipeRow[]) => string)[] = [
    (runs) => runs[0]!.what,
    (runs) => String(runs[0]!.resize),
    (runs) => String(runs[0]!.epochs),
    (runs) => String(runs.length),
    (runs) => lastOf(runs.map(({ validationAccuracies }) => validationAccuracies)),
    (runs) => lastOf(runs.map(({ averageValidationAccuracies }) => averageValidationAccuracies)),
    (runs) => lastOf(runs.map(({ testAccuracies }) => testAccuracies)),
    (runs) => lastOf(runs.map(({ averageTestAccuracies }) => averageTestAccuracies)),
    (runs) => runs.map(({ plateauSteps }) => plateauSteps ?? words.never).join(" "),
    (runs) => runs.map(({ deadClasses }) => deadClasses ?? "").join(" "),
    (runs) => deadShare(runs, words),
    (runs) => median(runs.map(({ seconds }) => seconds)).toFixed(0),
    (runs) => [...new Set(runs.map(({ jobs }) => jobs))].join(" "),
    (runs) => [...new Set(runs.map(({ precision }) => precision))].join(" "),
  ];
  const lines = [...new Set(rows.map(({ what }) => what))].map((what) => {
    const runs = rows.filter((row) => row.what === what);
    return columns.map((column) => column(runs));
  });
  const filled = columns.flatMap((_, i) => (lines.some((line) => line[i]!.trim() !== "") ? [i] : []));
  const only = (line: string[]) => filled.map((i) => line[i]!);
  const { gpu, driver, dawn, node } = machine;
  return `${table(only(words.recipeOnGpu), lines.map(only))}\n\n${words.trainedOnGpu(gpu, driver, `Dawn ${dawn}, Node ${node}`, date)}`;
};
