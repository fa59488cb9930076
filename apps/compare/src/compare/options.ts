// The options of `compare`.
import {
  datasetOption,
  flagReader,
  jsonOption,
  kindOfData,
  listOf,
  type OptionKind,
  type OptionValues,
  option,
  Problem,
  printable,
  readOptions,
  recipeOptions,
  runNameProblem,
  settingsNotOf,
  type TypedFlags,
  UsageError,
} from "@mlpconv/cli-kit";
import { type DatasetList, datasets, fashionMnistInfo } from "@mlpconv/datasets";
import { type ModelName, modelNames } from "@mlpconv/models";
import { oneOf, onOff, type PresetName, properShare, settings, wholeNumber } from "@mlpconv/runs";
import { presetSettings, settingProblems } from "@mlpconv/runs/recipe";
import { combinationsOf, gridKind } from "./grid.js";

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
    help: "runs of each net, with seeds 0 to n - 1 (default: 3, or 1 with --grid)",
  }),
};

const others = {
  grid: option({
    flag: "--grid <settings...>",
    kind: gridKind,
    help: "train every combination, such as lr=0.01,0.03,0.1 batch-size=64,128, and go on with the best third after each quarter of the epochs, by held-out images (--val-share, here 0.1 by default)",
  }),
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
  targetAccuracy: option({
    flag: "--target-accuracy <x>",
    kind: properShare,
    help: "test accuracy to which the time is told (default: 95% of the best net's median, in whole hundredths)",
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
  seeds: number;
  /** Name of the comparison's folder, with which the names of its runs begin. */
  name: string;
};

/** The options of a program that has these data sets. */
export const compareOptionsWith = (known: DatasetList): typeof compareOptions => ({
  ...compareOptions,
  dataset: datasetOption(known),
});

/** @throws UsageError with every problem found */
export const readCompareOptions = async (
  typed: TypedFlags,
  known: DatasetList = datasets,
): Promise<CompareRequest> => {
  const reader = flagReader("compare");
  const request = readOptions(compareOptionsWith(known), typed, reader);
  if (request.plan && request.budget !== undefined)
    reader.wrong(
      "expected --plan without --budget, got both; a budget is measured for runs one after another on this machine: " +
        "shorten the runs with --seeds, --epochs or --limit",
    );
  if (request.plan && !request.json && /[\r\n]/.test(request.data ?? ""))
    reader.wrong(
      `expected --data without line breaks with --plan, got ${JSON.stringify(request.data)}; a run is a line: rename the folder, or add --json`,
    );
  for (const flag of ["plan", "budget"] as const)
    if (request.grid && request[flag])
      reader.wrong(
        `expected --grid without --${flag}, got both; which runs go on is decided on the way: shorten them with --epochs or --limit`,
      );
  const kind = request.preset === undefined ? await kindOfData(request) : undefined;
  if (kind === "nothing")
    reader.wrong(
      `expected --data to name a folder, got "${printable(request.data!)}"; correct it, or name the preset too where only other machines have the folder: --preset`,
    );
  reader.check();
  // The same on every machine, so that the same command is the same comparison. Pictures get what `train` gives them.
  const { preset = kind === "pictures" ? "pictures" : "quick" } = request;
  const { grid, seeds = grid ? 1 : 3, valShare = grid && 0.1, testOnce = grid && true } = request;
  const settled = {
    ...request,
    preset,
    seeds,
    ...(valShare !== undefined && { valShare }),
    // Runs that are stopped on the way need no test, which can take longer than the training.
    ...(testOnce !== undefined && { testOnce }),
    name: request.name ?? (grid ? `${preset}-grid` : preset),
  };
  if (grid && kind === "pictures" && request.epochs === undefined)
    reader.wrong(
      "expected --epochs with --grid and a folder of pictures, got none; name the epochs of a whole run, of which the quarters are",
    );
  for (const axis of grid ?? [])
    if (Object.hasOwn(request, axis.place))
      reader.wrong(`expected --${axis.name} or ${axis.name} in --grid, got both; leave one of them out`);
  reader.check();
  checkModels(settled);
  return settled;
};

/**
 * Checks the recipe of each net before the first is trained.
 *
 * @throws UsageError when a net does not have a setting, or settings do not go together with its preset
 */
const checkModels = ({ models, preset, name, grid, ...request }: CompareRequest): void => {
  const all = models.flatMap((model) =>
    combinationsOf(grid).map((combination) => ({ model, ...combination })),
  );
  const wrong = all.flatMap(({ model, changes, suffix }) => {
    const asked = { ...request, ...changes };
    const given = Object.fromEntries(
      Object.entries(asked).filter(([place]) => Object.hasOwn(settings, place)),
    );
    const absent = settingsNotOf(model, asked);
    if (absent.length > 0) return absent;
    // The images decide neither the optimizer nor the schedule.
    const problems = settingProblems(presetSettings({ model, preset }, given, fashionMnistInfo), given);
    const longName = grid && runNameProblem(`${name}-${model}-${suffix}-seed999`, "--name");
    return [...problems, ...(longName ? [longName] : [])].map((problem) => `${problem} (${model})`);
  });
  if (wrong.length > 0) throw new UsageError("compare", [...new Set(wrong)]);
};
