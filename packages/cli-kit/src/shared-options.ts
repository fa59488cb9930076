// Options that several programs take.
import { modelNames } from "@mlpconv/models";
import { oneOf, onOff } from "@mlpconv/runs";
import { engineNames } from "@mlpconv/tensor";
import { folder } from "./flag-values.js";
import { option } from "./options.js";

export const modelOption = option({
  flag: "--model <name>",
  kind: oneOf(modelNames),
  help: `${modelNames.join(", ")} (default: ninMnist with preset quick, else nin)`,
});

export const engineOption = option({
  flag: "--engine <name>",
  kind: oneOf(["auto", ...engineNames]),
  help: `auto, ${engineNames.join(", ")} (default: auto, the fastest there is)`,
  otherwise: "auto",
});

export const dataOption = option({
  flag: "--data <dir>",
  kind: folder,
  help: "folder with the data set's files; else they are found or downloaded",
});

/** @param prints what the last line of stdout then is: "print summary.json" */
export const jsonOption = (prints: string) =>
  option({
    flag: "--json",
    kind: onOff,
    help: `${prints} as the last line of stdout, all else on stderr`,
    otherwise: false,
  });
