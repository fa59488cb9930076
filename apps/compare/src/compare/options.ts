// The command line of `compare`, checked: every value, all that is wrong at once.

import {
  flagReader,
  oneOf,
  Problem,
  type RecipeFlags,
  type RecipeRequest,
  readRecipeFlags,
  runNameProblem,
  wholeNumber,
} from "@mlpconv/cli-kit";
import type { ModelName } from "@mlpconv/models";
import { modelNames } from "@mlpconv/models";
import type { PresetName } from "@mlpconv/runs";

/** The flags as they were typed. */
export interface CompareFlags extends RecipeFlags {
  models?: string;
  seeds?: string;
  name?: string;
  budget?: string;
  json?: boolean;
}

/** The flags as they are meant. */
export interface CompareRequest extends RecipeRequest {
  models: ModelName[];
  /** Runs of each net. */
  seeds: number;
  preset: PresetName;
  /** Of the comparison's folder, and the beginning of its runs' names. */
  name: string;
  /** In seconds. */
  budget: number | undefined;
  json: boolean;
}

export const defaultModels = ["lenet", "alexnet", "vgg11", "nin"] as const satisfies ModelName[];

/** @throws UsageError with every problem found */
export const readCompareFlags = (flags: CompareFlags): CompareRequest => {
  const reader = flagReader("compare");
  const recipe = readRecipeFlags(flags, reader);
  // The same on every machine, so that the same command is the same comparison.
  const preset = recipe.preset ?? "quick";
  const models: ModelName[] = [];
  for (const text of flags.models?.split(",") ?? defaultModels) {
    const model = reader.given(text.trim(), oneOf("--models", modelNames));
    if (model !== undefined && !models.includes(model)) models.push(model);
  }
  const request = {
    ...recipe,
    preset,
    models,
    seeds: reader.given(flags.seeds, wholeNumber("--seeds", 1, 1000)) ?? 3,
    name: reader.given(flags.name, comparisonName) ?? preset,
    budget: reader.given(flags.budget, timeSpan),
    json: flags.json ?? false,
  };
  reader.check();
  return request;
};

// Runs' names are longer by "-ninCifar-seed999".
const longest = 60;

const comparisonName = (typed: string): string | Problem => {
  const text = typed.normalize("NFC");
  const problem = runNameProblem(text, "--name");
  if (problem !== undefined) return new Problem(problem);
  return text.length <= longest
    ? text
    : new Problem(`expected --name to have at most ${longest} characters, got ${text.length}`);
};

const secondsOf = { s: 1, m: 60, h: 3600 } as const;

/** "90s", "30m" or "1.5h" in seconds. */
const timeSpan = (text: string): number | Problem => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * secondsOf[unit as keyof typeof secondsOf];
  return seconds > 0
    ? seconds
    : new Problem(`expected --budget to be a time such as 90s, 30m or 1.5h, got "${text}"`);
};
