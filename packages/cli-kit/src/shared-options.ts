// Options that several programs take.
import type { DatasetList } from "@mlpconv/datasets";
import { modelNames } from "@mlpconv/models";
import { oneOf, onOff, wholeNumber } from "@mlpconv/runs";
import { engineNames } from "@mlpconv/tensor";
import { folder } from "./flag-values.js";
import { option } from "./options.js";

export const modelOption = option({
  flag: "--model <name>",
  kind: oneOf(modelNames),
  help: `${modelNames.join(", ")} (default: ninMnist or ninCifar by the size of the images; else nin, or ninMnist with preset quick or pictures)`,
});

/** @param known the data sets that the program has; the first is the default */
export const datasetOption = (known: DatasetList) => {
  const names = known.map(({ name }) => name);
  return option({
    flag: "--dataset <name>",
    kind: oneOf(names),
    help: `${names.join(", ")} (default: ${names[0]})`,
  });
};

export const engineOption = option({
  flag: "--engine <name>",
  kind: oneOf(["auto", ...engineNames]),
  help: `auto, ${engineNames.join(", ")} (default: auto, the fastest there is)`,
  otherwise: "auto",
});

export const dataOption = option({
  flag: "--data <dir>",
  kind: folder,
  help: "folder with the data set's files, or of your pictures in a folder for each class; else --dataset is found or downloaded",
});

export const skipBadOption = option({
  flag: "--skip-bad",
  kind: onOff,
  help: "a folder of pictures: go on without the files that are none",
});

export const imageMemoryOption = option({
  flag: "--image-memory <MB>",
  kind: wholeNumber(0, 1_000_000),
  help: "a folder of pictures: megabytes of images that stay in memory; more are read when needed (default: a quarter of the memory)",
});

/** @param prints description of the JSON for help: "print summary.json" */
export const jsonOption = (prints: string) =>
  option({
    flag: "--json",
    kind: onOff,
    help: `${prints} as the last line of stdout, all else on stderr`,
    otherwise: false,
  });
