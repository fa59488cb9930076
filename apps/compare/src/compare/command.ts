// The command `compare`: its arguments, and what surrounds the runs.
import {
  addOptions,
  asTyped,
  exampleLines,
  onInterrupt,
  type TypedFlags,
  withTerminal,
} from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { compareRuns } from "./compare-runs.js";
import { compareOptions, readCompareOptions } from "./options.js";

const examples = () => `
${exampleLines([
  ["compare", "four nets, three seeds each, preset quick"],
  ["compare --models nin,alexnet --seeds 5", "others, more often"],
  [
    "compare --preset d2l --resize 96 --epochs 5 --name chapter",
    "as train has them; kept in comparisons/chapter",
  ],
  [
    "compare --preset best --budget 30m",
    "measures a few steps of each net, runs what fits, says what it left out",
  ],
])}

Each run is a process of its own and a folder runs/<name>-<model>-seed<k>, which ${asTyped("report")} draws. The tables are in
comparisons/<name>: comparison.json, comparison.md, report.html. Ctrl-C stops; the same command goes on: finished runs stay,
the one that was stopped continues, failed ones are tried again.
Exit codes: 0 done, 1 a run failed, 2 wrong usage, 129, 130, 138 or 143 interrupted. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** @param train the program that trains, a file for Node */
export const compareCommand = (train: string, known: DatasetList): Command =>
  addOptions(new Command("compare"), compareOptions)
    .description("Train several nets on the same data, several times each, and put them in one table")
    .addHelpText("after", examples)
    .action(async (typed: TypedFlags) => {
      const request = readCompareOptions(typed);
      await withTerminal(request, async (terminal) => {
        const interruption = onInterrupt({
          onFirst: () => terminal.say("stopping the run after its step and saving; once more stops at once"),
        });
        try {
          await compareRuns(request, { terminal, interruption, train, known });
        } finally {
          interruption.dispose();
        }
      });
    });
