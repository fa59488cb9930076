// The command `train`: its arguments, and what surrounds a run.
import { onInterrupt, openTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { addTrainFlags } from "./flags.js";
import { type Flags, readFlags } from "./options.js";
import { trainOnce } from "./train-once.js";

/** `train`, to be mounted on a program. */
export const trainCommand = (known: DatasetList): Command =>
  addTrainFlags(new Command("train")).action(async (flags: Flags) => {
    const request = readFlags(flags);
    const terminal = openTerminal(request);
    const interruption = onInterrupt({
      onFirst: () => terminal.say("stopping, after saving what was learned; once more stops at once"),
    });
    try {
      await trainOnce(request, { terminal, interruption, known });
    } finally {
      interruption.dispose();
      terminal.close();
    }
  });
