// The command `playground`: serves the page that trains, watches and tries networks in the browser.
import { addOptions, exampleLines, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { playgroundOptionsWith, readPlaygroundOptions } from "./options.js";
import { playground } from "./playground.js";

const help = () => `
${exampleLines([
  ["playground", "train a network in the browser, on the data set of this machine"],
  ["playground --run try-1", "watch a run while train writes it, then try it"],
  ["playground --data photos", "on your own pictures, in a folder for each class"],
  ["playground --dataset mnist --port 8000", "on another data set, which is downloaded once"],
])}

The page computes in the browser and sends nothing anywhere; it is served to this machine alone, unless --host names another address.
Ctrl-C ends the program.
Exit codes: 130 ended by Ctrl-C, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `playground`, to be mounted on a program. */
export const playgroundCommand = (known: DatasetList): Command =>
  addOptions(new Command("playground"), playgroundOptionsWith(known))
    .description("Train, watch and try networks on a page in the browser")
    .addHelpText("after", help)
    .action(async (typed: TypedFlags) => {
      const request = readPlaygroundOptions(typed, known);
      await withTerminal({ json: false }, (terminal) => playground(request, { terminal, known }));
    });
