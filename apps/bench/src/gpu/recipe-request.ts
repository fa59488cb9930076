// Reads the options of part recipe.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Choice,
  choiceExperiments,
  type GpuExperiment,
  gpuExperiments,
  type Precision,
  precisions,
} from "../recipe/gpu-experiments.js";
import { trialSettings } from "../recipe/trial-settings.js";

export interface RecipeRequest {
  /** Experiments by name, in the order in which their runs begin. */
  experiments: Readonly<Record<string, GpuExperiment>>;
  /** Number of simultaneous runs. */
  atOnce: number;
  /** Precision of all runs; absent: as each trial says. */
  precision?: Precision | undefined;
  /** Path of a file of tiles that an earlier call has left in its folder of results. */
  tiles?: string | undefined;
}

/** Ends the program with exit code 2 when an option is wrong. */
export const readRecipeRequest = (values: Record<string, string | boolean | undefined>): RecipeRequest => {
  const { lists, choice, precision, tiles, "at-once": atOnce } = values as Record<string, string | undefined>;
  try {
    const chosen = choice === undefined ? {} : choiceExperiments(readChoice(choice));
    const known: Readonly<Record<string, GpuExperiment>> = { ...gpuExperiments, ...chosen };
    const usual = choice === undefined ? [Object.keys(known)[0]!] : Object.keys(chosen);
    const names = lists?.split(",") ?? usual;
    const experiments = Object.fromEntries(
      names.map((name) => {
        if (!Object.hasOwn(known, name)) throw wrong("--lists", Object.keys(known).join(", "), name);
        return [name, known[name]!];
      }),
    );
    // A wrong flag is reported before anything is trained.
    for (const { trials } of Object.values(experiments)) trials.forEach(trialSettings);
    if (!/^[1-9]\d*$/.test(atOnce ?? "")) throw wrong("--at-once", "a whole number from 1", atOnce);
    if (precision !== undefined && !precisions.some((each) => each === precision))
      throw wrong("--precision", precisions.join(" or "), precision);
    return {
      experiments,
      atOnce: Number(atOnce),
      precision: precision as Precision | undefined,
      tiles: tiles && resolve(tiles),
    };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
};

const wrong = (option: string, expected: string, got: string | undefined): Error =>
  new Error(`bench: ${option}: expected ${expected}, got ${got}`);

const readChoice = (path: string): Choice => {
  const choice = JSON.parse(readFileSync(path, "utf8")) as Choice;
  if (Object.keys(choice.factors ?? {}).length === 0)
    throw wrong(`--choice ${path}`, 'an object with "factors", flags of train by name', "none");
  return choice;
};
