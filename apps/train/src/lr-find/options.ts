// The options of `lr-find`: the settings of `train` that a few hundred steps have, and the range of learning rates.
import {
  datasetOption,
  flagReader,
  jsonOption,
  modelOption,
  type OptionKind,
  type OptionValues,
  option,
  readOptions,
  recipeOptions,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { type DatasetList, datasets } from "@mlpconv/datasets";
import { positive, settings, wholeNumber } from "@mlpconv/runs";

const figureFile: OptionKind<string> = {
  expected: "a file whose name ends in .png or .svg",
  read: (text) => (/[^/\\]\.(png|svg)$/i.test(text) ? text : undefined),
  completes: "files",
};

// What the sweep decides itself, or what only a whole run has.
const {
  epochs: _epochs,
  learningRate: _rate,
  schedule: _schedule,
  warmup: _warmup,
  cycles: _cycles,
  power: _power,
  plateauEpochs: _plateauEpochs,
  plateauFactor: _plateauFactor,
  earlyStop: _earlyStop,
  testOnce: _testOnce,
  ema: _ema,
  ...recipe
} = recipeOptions;

export const lrFindOptions = {
  model: modelOption,
  ...recipe,
  seed: settings.seed,
  lrMin: option({
    flag: "--lr-min <x>",
    kind: positive,
    help: "the first learning rate (default: 0.000001)",
    otherwise: 1e-6,
  }),
  lrMax: option({
    flag: "--lr-max <x>",
    kind: positive,
    help: "the last learning rate, if the loss does not explode before (default: 10)",
    otherwise: 10,
  }),
  steps: option({
    flag: "--steps <n>",
    kind: wholeNumber(20, 100_000),
    help: "steps from the first learning rate to the last (default: 300)",
    otherwise: 300,
  }),
  out: option({
    flag: "--out <file>",
    kind: figureFile,
    help: "the PNG or SVG file to write, a new one (default: lr-find.png)",
    otherwise: "lr-find.png",
  }),
  json: jsonOption("print one JSON object with every step"),
};

/** The parsed options. */
export type LrFindRequest = OptionValues<typeof lrFindOptions>;

/** The options of a program that knows these data sets. */
export const lrFindOptionsWith = (known: DatasetList): typeof lrFindOptions => ({
  ...lrFindOptions,
  dataset: datasetOption(known),
});

/** @throws UsageError with every problem found */
export const readLrFindOptions = (typed: TypedFlags, known: DatasetList = datasets): LrFindRequest => {
  const reader = flagReader("lr-find");
  const request = readOptions(lrFindOptionsWith(known), typed, reader);
  const { lrMin, lrMax } = request;
  if (lrMin >= lrMax)
    reader.wrong(
      `expected --lr-min to be below --lr-max, got ${lrMin} and ${lrMax}; ${lrMin === lrMax ? "pass a larger --lr-max" : "exchange them"}`,
    );
  reader.check();
  return request;
};
