// The command `train`: its arguments, and what surrounds a run.
import { addOptions, onInterrupt, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { withProcesses } from "./join-group.js";
import { readTrainOptions, trainHelp, trainOptions } from "./options.js";
import { trainOnce } from "./train-once.js";

/** `train`, to be mounted on a program. */
export const trainCommand = (known: DatasetList): Command =>
  addOptions(new Command("train"), trainOptions)
    .description("Train an image classifier on Fashion-MNIST")
    .addHelpText("after", trainHelp)
    .action((typed: TypedFlags) =>
      withProcesses(typed, async (processes) => {
        const request = await processes.agreed(() => readTrainOptions(typed));
        await withTerminal({ ...request, silent: processes.rank > 0 }, async (terminal) => {
          const interruption = onInterrupt({
            onFirst: () => terminal.say("stopping, after saving what was learned; once more stops at once"),
          });
          try {
            await trainOnce(request, { terminal, interruption, known, processes });
          } finally {
            interruption.dispose();
          }
        });
      }),
    );
