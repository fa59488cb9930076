// The command `evaluate`: how good a run's weights are on the test images.
import { exampleLines, openTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { engineNames } from "@mlpconv/tensor";
import { Command } from "commander";
import { addRunFlags } from "../run-flags.js";
import { evaluateRun } from "./evaluate-run.js";
import { type EvaluateFlags, readEvaluateFlags } from "./options.js";

const help = () => `
${exampleLines([
  ["evaluate --run try-1", "accuracy, each class's own, and who is taken for whom"],
  ["evaluate --run try-1 --weights last", "the last weights and not the best"],
  ["evaluate --run try-1 --json | tail -n 1", "the same for a program"],
  ["train --run try-1", "makes a run to evaluate"],
])}

The figures are kept in runs/<name>/evaluation.json. All test images count.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `evaluate`, to be mounted on a program. */
export const evaluateCommand = (known: DatasetList): Command =>
  addRunFlags(new Command("evaluate"))
    .description("Test what a run learned: accuracy, each class's own, confusion matrix")
    .option("--engine <name>", `auto, ${engineNames.join(", ")} (default: auto, the fastest there is)`)
    .option("--data <dir>", "folder with the data set's files; else they are found or downloaded")
    .option("--json", "print evaluation.json as the last line of stdout, all else on stderr")
    .addHelpText("after", help)
    .action(async (flags: EvaluateFlags) => {
      const request = readEvaluateFlags(flags);
      const terminal = openTerminal(request);
      try {
        await evaluateRun(request, { terminal, known });
      } finally {
        terminal.close();
      }
    });
