// The command line of `train`, checked: every value, all that is wrong at once.
import type { ModelName } from "@mlpconv/models";
import {
  flagReader,
  modelNames,
  oneOf,
  type RecipeFlags,
  type RecipeRequest,
  readRecipeFlags,
  runName,
  wholeNumber,
} from "@mlpconv/programs";

/** The flags as they were typed. */
export interface Flags extends RecipeFlags {
  model?: string;
  seed?: string;
  run?: string;
  saveEvery?: string;
  resume?: boolean;
  tensorboard?: boolean;
  json?: boolean;
}

/** The flags as they are meant; what is absent is the preset's to say. */
export interface TrainRequest extends Given<RecipeRequest> {
  model?: ModelName;
  seed?: number;
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

/** @throws UsageError with every problem found */
export const readFlags = (flags: Flags): TrainRequest => {
  const reader = flagReader("train");
  const { wrong, check } = reader;
  const request = {
    model: reader.given(flags.model, oneOf("--model", modelNames)),
    ...readRecipeFlags(flags, reader),
    seed: reader.given(flags.seed, wholeNumber("--seed", 0, Number.MAX_SAFE_INTEGER)),
    run: reader.given(flags.run, runName()),
    saveEvery: reader.given(flags.saveEvery, wholeNumber("--save-every", 1, 1_000_000_000)),
    resume: flags.resume ?? false,
    tensorboard: flags.tensorboard,
    json: flags.json ?? false,
  };
  if (request.resume && flags.run === undefined)
    wrong("expected --run with --resume, got none; name the run that is to go on");
  check();
  return given(request);
};

/** An absent key and an undefined one differ when objects are spread: only values that were given stay. */
type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
export const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
