// The command `train`: its arguments, and what surrounds a run.
import { addOptions, onInterrupt, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { readTrainOptions, trainHelp, trainOptions } from "./options.js";
import { trainOnce } from "./train-once.js";

/** `train`, to be mounted on a program. */
export const trainCommand = (known: DatasetList): Command =>
  addOptions(new Command("train"), trainOptions)
    .description("Train an image classifier on Fashion-MNIST")
    .addHelpText("after", trainHelp)
    .action(async (typed: TypedFlags) => {
      const request = readTrainOptions(typed);
      await withTerminal(request, async (terminal) => {
        const interruption = onInterrupt({
          onFirst: () => terminal.say("stopping, after saving what was learned; once more stops at once"),
        });
        try {
          await trainOnce(request, { terminal, interruption, known });
        } finally {
          interruption.dispose();
        }
      });
    });
