// The options that `evaluate`, `predict` and `export` have in common: which run, and which of its weights.
import { option, runName } from "@mlpconv/cli-kit";
import { oneOf, weightsNames } from "@mlpconv/runs";

export const runOptions = {
  run: option({
    flag: "--run <name>",
    kind: runName,
    help: "the run in runs/<name>",
    needed: "expected --run to name a run, such as --run try-1, got none",
  }),
  weights: option({
    flag: "--weights <name>",
    kind: oneOf(weightsNames),
    help: `${weightsNames.join(", ")} (default: best, else last)`,
  }),
};
