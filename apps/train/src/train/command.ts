// The command `train`: its arguments, signals and terminal.
import { addOptions, onInterrupt, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { abortsWithin, isOneOfMany, withProcesses } from "./join-group.js";
import { readTrainOptions, trainHelp, trainOptionsWith } from "./options.js";
import { trainOnce } from "./train-once.js";

/** The command `train`, to be added to a program. */
export const trainCommand = (known: DatasetList): Command =>
  addOptions(new Command("train"), trainOptionsWith(known))
    .description("Train an image classifier")
    .addHelpText("after", trainHelp)
    .action(async (typed: TypedFlags, command: Command) => {
      let say = (_line: string) => {};
      // Installed before the processes are joined, so that early signals are handled too.
      const interruption = onInterrupt({
        onFirst: () => say("stopping, after saving what was learned; once more stops at once"),
        ...(isOneOfMany() && { endsWithin: abortsWithin }),
      });
      try {
        await withProcesses(typed, async (processes) => {
          const request = await processes.agreed(() => readTrainOptions(typed, known));
          // Another version may compute other bits, or know other settings.
          const version = command.parent?.version() ?? null;
          await processes.same("the program", { version }, "install the same version on all machines");
          await withTerminal({ ...request, silent: processes.rank > 0 }, async (terminal) => {
            say = terminal.say;
            await trainOnce(request, { terminal, interruption, known, processes });
          });
        });
      } finally {
        interruption.dispose();
      }
    });
