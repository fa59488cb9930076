// The command line of `train`, checked: every value, all that is wrong at once.
import { type ModelName, models } from "@mlpconv/models";
import { type EngineName, engineNames } from "@mlpconv/tensor";
import { distance } from "fastest-levenshtein";
import { UsageError } from "./errors.js";
import { type PresetName, presetNames } from "./presets.js";
import { runNameProblem } from "./run-name.js";

/** The flags as they were typed. */
export interface Flags {
  model?: string;
  preset?: string;
  engine?: string;
  resize?: string;
  epochs?: string;
  batchSize?: string;
  lr?: string;
  seed?: string;
  limit?: string;
  data?: string;
  run?: string;
  saveEvery?: string;
  resume?: boolean;
  tensorboard?: boolean;
  json?: boolean;
}

/** The flags as they are meant; what is absent is the preset's to say. */
export interface TrainRequest {
  model?: ModelName;
  preset?: PresetName;
  engine: EngineName | "auto";
  /** Side of the images in pixels. */
  resize?: number;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  seed?: number;
  /** Training images in an epoch. */
  limit?: number;
  /** Folder of the four IDX files. */
  data?: string;
  /** Name of the run's folder. */
  run?: string;
  /** Steps from one checkpoint to the next. */
  saveEvery?: number;
  /** Go on with the run of that name. */
  resume: boolean;
  /** Write TensorBoard's event files too. */
  tensorboard?: boolean;
  json: boolean;
}

export const modelNames = Object.keys(models) as ModelName[];
const engineChoices = ["auto", ...engineNames] as const;

/** @throws UsageError with every problem found */
export const readFlags = (flags: Flags): TrainRequest => {
  const problems: string[] = [];
  const given = <T>(text: string | undefined, read: (text: string) => T | Problem): T | undefined => {
    if (text === undefined) return undefined;
    const value = read(text);
    if (!(value instanceof Problem)) return value;
    problems.push(value.message);
    return undefined;
  };
  const request = {
    model: given(flags.model, oneOf("--model", modelNames)),
    preset: given(flags.preset, oneOf("--preset", presetNames)),
    engine: given(flags.engine, oneOf("--engine", engineChoices)) ?? ("auto" as const),
    resize: given(flags.resize, wholeNumber("--resize", 1, 1024)),
    epochs: given(flags.epochs, wholeNumber("--epochs", 1, 10_000)),
    batchSize: given(flags.batchSize, wholeNumber("--batch-size", 1, 60_000)),
    learningRate: given(flags.lr, positive("--lr")),
    seed: given(flags.seed, wholeNumber("--seed", 0, Number.MAX_SAFE_INTEGER)),
    limit: given(flags.limit, wholeNumber("--limit", 1, 60_000)),
    data: given(flags.data, (text) => text || new Problem('expected --data to be a folder, got ""')),
    run: given(flags.run, runName),
    saveEvery: given(flags.saveEvery, wholeNumber("--save-every", 1, 1_000_000_000)),
    resume: flags.resume ?? false,
    tensorboard: flags.tensorboard,
    json: flags.json ?? false,
  };
  if (request.resume && flags.run === undefined)
    problems.push("expected --run with --resume, got none; name the run that is to go on");
  if (problems.length > 0) throw new UsageError("train", problems);
  return withoutUndefined(request);
};

class Problem {
  constructor(readonly message: string) {}
}

const oneOf =
  <Name extends string>(flag: string, names: readonly Name[]) =>
  (text: string): Name | Problem => {
    const found = names.find((name) => name === text);
    if (found) return found;
    const far = (name: string) => distance(text.toLowerCase(), name.toLowerCase());
    const nearest = names.reduce((a, b) => (far(b) < far(a) ? b : a));
    return new Problem(
      `expected ${flag} to be one of ${names.join(", ")}, got "${text}"; did you mean "${nearest}"?`,
    );
  };

const wholeNumber =
  (flag: string, from: number, to: number) =>
  (text: string): number | Problem => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= from && value <= to
      ? value
      : new Problem(`expected ${flag} to be a whole number from ${from} to ${to}, got "${text}"`);
  };

const positive =
  (flag: string) =>
  (text: string): number | Problem => {
    const value = Number(text);
    return value > 0 && value < Infinity
      ? value
      : new Problem(`expected ${flag} to be a number above 0, such as 0.05, got "${text}"`);
  };

const runName = (text: string): string | Problem => {
  const problem = runNameProblem(text);
  return problem === undefined ? text : new Problem(problem);
};

/** An absent key and an undefined one differ when objects are spread: only values that were given stay. */
type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
const withoutUndefined = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
