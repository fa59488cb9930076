// The command `evaluate`: how good a run's weights are on the test images.
import { addOptions, exampleLines, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { evaluateRun } from "./evaluate-run.js";
import { evaluateOptions, readEvaluateOptions } from "./options.js";

const help = () => `
${exampleLines([
  ["evaluate --run try-1", "accuracy, that of each class, and the confusion matrix"],
  ["evaluate --run try-1 --weights last", "the last weights and not the best"],
  ["evaluate --run try-1 --json | tail -n 1", "the same for a program"],
  ["train --run try-1", "makes a run to evaluate"],
])}

The figures are kept in runs/<name>/evaluation.json. All test images count.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `evaluate`, to be mounted on a program. */
export const evaluateCommand = (known: DatasetList): Command =>
  addOptions(new Command("evaluate"), evaluateOptions)
    .description("Test what a run learned: accuracy, each class's own, confusion matrix")
    .addHelpText("after", help)
    .action(async (typed: TypedFlags) => {
      const request = readEvaluateOptions(typed);
      await withTerminal(request, (terminal) => evaluateRun(request, { terminal, known }));
    });
