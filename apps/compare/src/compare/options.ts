// The options of `compare`.
import {
  flagReader,
  jsonOption,
  listOf,
  type OptionKind,
  type OptionValues,
  option,
  Problem,
  readOptions,
  recipeOptions,
  runNameProblem,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { type ModelName, modelNames } from "@mlpconv/models";
import { oneOf, onOff, type PresetName, wholeNumber } from "@mlpconv/runs";

// Runs' names are longer by "-ninCifar-seed999".
const longest = 60;

const comparisonName: OptionKind<string> = {
  expected: "the name of a folder",
  read: (typed, flag) => {
    const text = typed.normalize("NFC");
    const problem = runNameProblem(text, flag);
    if (problem !== undefined) return new Problem(problem);
    return text.length <= longest
      ? text
      : new Problem(`expected ${flag} to have at most ${longest} characters, got ${text.length}`);
  },
};

const secondsOf = { s: 1, m: 60, h: 3600 } as const;

/** "90s", "30m" or "1.5h" in seconds. */
const timeSpan: OptionKind<number> = {
  expected: "a time such as 90s, 30m or 1.5h",
  read: (text) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
    const seconds = Number(number) * secondsOf[unit as keyof typeof secondsOf];
    return seconds > 0 ? seconds : undefined;
  },
};

const defaultModels: ModelName[] = ["lenet", "alexnet", "vgg11", "nin"];

const modelsAndSeeds = {
  models: option({
    flag: "--models <names>",
    kind: listOf(oneOf(modelNames)),
    help: `of ${modelNames.join(", ")} (default: ${defaultModels.join(",")})`,
    otherwise: defaultModels,
  }),
  seeds: option({
    flag: "--seeds <n>",
    kind: wholeNumber(1, 1000),
    help: "runs of each net, with seeds 0 to n - 1 (default: 3)",
    otherwise: 3,
  }),
};

const others = {
  name: option({
    flag: "--name <name>",
    kind: comparisonName,
    help: "keep the comparison in comparisons/<name> (default: the preset)",
  }),
  budget: option({
    flag: "--budget <time>",
    kind: timeSpan,
    help: 'how long it may take, such as "30m": leaves out what does not fit',
  }),
  plan: option({
    flag: "--plan",
    kind: onOff,
    help: "run nothing: print the arguments of each run as a line, for Slurm arrays, GNU parallel or xargs",
  }),
  json: jsonOption("print comparison.json, or with --plan the arguments,"),
};

export const compareOptions = { ...modelsAndSeeds, ...recipeOptions, ...others };

/** The options as they are meant. */
export type CompareRequest = OptionValues<typeof compareOptions> & {
  preset: PresetName;
  /** Name of the comparison's folder, with which the names of its runs begin. */
  name: string;
};

/** @throws UsageError with every problem found */
export const readCompareOptions = (typed: TypedFlags): CompareRequest => {
  const reader = flagReader("compare");
  const request = readOptions(compareOptions, typed, reader);
  if (request.plan && request.budget !== undefined)
    reader.wrong(
      "expected --plan without --budget, got both; a budget is measured for runs one after another on this machine: " +
        "shorten the runs with --seeds, --epochs or --limit",
    );
  if (request.plan && !request.json && /[\r\n]/.test(request.data ?? ""))
    reader.wrong(
      `expected --data without line breaks with --plan, got ${JSON.stringify(request.data)}; a run is a line: rename the folder, or add --json`,
    );
  reader.check();
  // The same on every machine, so that the same command is the same comparison.
  const { preset = "quick" } = request;
  return { ...request, preset, name: request.name ?? preset };
};
