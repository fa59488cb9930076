// The command `lr-find`: a learning rate to begin with, from a few hundred steps.
import { addOptions, exampleLines, onInterrupt, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { lrFind } from "./lr-find.js";
import { lrFindOptionsWith, readLrFindOptions } from "./options.js";

const help = () => `
${exampleLines([
  ["lr-find", "for what train trains: the same net, data and preset"],
  ["lr-find --model lenet --optimizer adamw --momentum 0.9", "for another net and optimizer"],
  ["lr-find --data photos --out rates.svg", "for your own pictures, as an SVG file"],
  ["lr-find --json | tail -n 1", "every step for a program"],
])}

The learning rate grows from --lr-min to --lr-max, by a constant factor a step, while the net is trained; where the loss explodes the sweep ends. The
suggestion is a fifth of the rate with the least loss: a rate to begin with, from which compare --grid finds a better one. No run is kept.
Flags are those of train, and mean the same. A file that is there is refused.
Exit codes: 0 done, 1 failed, 2 wrong usage, 129, 130, 138 or 143 interrupted. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `lr-find`, to be mounted on a program. */
export const lrFindCommand = (known: DatasetList): Command =>
  addOptions(new Command("lr-find"), lrFindOptionsWith(known))
    .description("Find a learning rate to begin with")
    .addHelpText("after", help)
    .action(async (typed: TypedFlags) => {
      const request = readLrFindOptions(typed, known);
      await withTerminal(request, async (terminal) => {
        const interruption = onInterrupt();
        try {
          await lrFind(request, { terminal, known, interruption });
        } finally {
          interruption.dispose();
        }
      });
    });
