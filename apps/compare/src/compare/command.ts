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
import { compareOptionsWith, readCompareOptions } from "./options.js";
import { printPlan } from "./print-plan.js";

const examples = () => `
${exampleLines([
  ["compare", "four nets, three seeds each, preset quick"],
  ["compare --data pictures --models ninMnist,lenet", "on your own pictures, preset pictures"],
  ["compare --models nin,alexnet --seeds 5", "others, more often"],
  ["compare --dataset mnist --models ninMnist,lenet", "on another data set"],
  [
    "compare --preset d2l --resize 96 --epochs 5 --name chapter",
    "as train has them; kept in comparisons/chapter",
  ],
  [
    "compare --preset best --budget 30m",
    "measures a few steps of each net, runs what fits, says what it left out",
  ],
  [
    "compare --models lenet --epochs 8 --grid lr=0.01,0.03,0.1 batch-size=64,128",
    "every combination, the best third of them longer: which is best",
  ],
  ["compare --name sweep --plan > plan.txt", "the arguments of each run, a line each, for other machines"],
])}

Each run is a process of its own and a folder runs/<name>-<model>-seed<k>, which ${asTyped("report")} draws. The tables are in
comparisons/<name>: comparison.json, comparison.md, report.html. Ctrl-C stops; the same command goes on: finished runs stay,
the one that was stopped continues, failed ones are tried again. A run that another process trains is left to it, and is told as failed.

--grid trains every combination of its settings for a quarter of the epochs, the best third of them for a second quarter, and so on, with those that tie
with the last of that third: without ties, twelve need two fifths of the epochs of twelve whole runs. Each is trained as it would be by itself, with the
learning rates of all epochs, and chosen by the images of --val-share, which is 0.1 unless you give another. The table tells which was stopped when; its
figures are those of each net's best.

--plan runs nothing. A line of plan.txt begins a run, goes on with it, or ends at once where it has finished. In a Slurm array job:
  sed -n "\${SLURM_ARRAY_TASK_ID}p" plan.txt | xargs ${asTyped("").trim()}
All lines are printed each time, so that a number means the same run; stderr says which are left. The same command without --plan then
makes the table.
Exit codes: 0 done, 1 a run failed, 2 wrong usage, 129, 130, 138 or 143 interrupted. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** @param train the program that trains, a file for Node */
export const compareCommand = (train: string, known: DatasetList): Command =>
  addOptions(new Command("compare"), compareOptionsWith(known))
    .description("Train several nets on the same data, several times each, and put them in one table")
    .addHelpText("after", examples)
    .action(async (typed: TypedFlags) => {
      const request = await readCompareOptions(typed, known);
      // Nothing is begun that a signal would have to stop.
      if (request.plan)
        return withTerminal({ json: true }, (terminal) => printPlan(request, terminal, known));
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
