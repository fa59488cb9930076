// The options of `show-data`.
import {
  dataOption,
  datasetOption,
  flagReader,
  jsonOption,
  type OptionKind,
  type OptionValues,
  option,
  readOptions,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { type DatasetList, datasets } from "@mlpconv/datasets";
import { settings, wholeNumber } from "@mlpconv/runs";

const pngFile: OptionKind<string> = {
  expected: "a file whose name ends in .png",
  read: (text) => (/[^/\\]\.png$/i.test(text) ? text : undefined),
  completes: "files",
};

export const showDataOptions = {
  out: option({
    flag: "--out <file>",
    kind: pngFile,
    help: "the PNG file to write, a new one (default: sheet.png)",
    otherwise: "sheet.png",
  }),
  augment: settings.augment,
  seed: option({ ...settings.seed, help: "seed of the augmentation (default: 0)", otherwise: 0 }),
  epoch: option({
    flag: "--epoch <n>",
    kind: wholeNumber(1, 10_000),
    help: "show the images as this epoch has them (default: 1, the first)",
    otherwise: 1,
  }),
  perClass: option({
    flag: "--per-class <n>",
    kind: wholeNumber(1, 50),
    help: "images of each class (default: 5)",
    otherwise: 5,
  }),
  classes: option({
    flag: "--classes <n>",
    kind: wholeNumber(1, 1000),
    help: "show the first n classes (default: 30)",
    otherwise: 30,
  }),
  dataset: datasetOption(datasets),
  data: dataOption,
  json: jsonOption("print one JSON object"),
};

/** The parsed options. */
export type ShowDataRequest = OptionValues<typeof showDataOptions>;

/** The options of a program that knows these data sets. */
export const showDataOptionsWith = (known: DatasetList): typeof showDataOptions => ({
  ...showDataOptions,
  dataset: datasetOption(known),
});

/** @throws UsageError with every problem found */
export const readShowDataOptions = (typed: TypedFlags, known: DatasetList = datasets): ShowDataRequest => {
  const reader = flagReader("show-data");
  const request = readOptions(showDataOptionsWith(known), typed, reader);
  reader.check();
  return request;
};
