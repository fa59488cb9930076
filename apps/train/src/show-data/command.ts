// The command `show-data`: training images in a PNG file, without and with augmentation.
import { addOptions, exampleLines, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { augmentLines } from "../train/options.js";
import { readShowDataOptions, showDataOptionsWith } from "./options.js";
import { showData } from "./show-data.js";

const help = () => `
${exampleLines([
  ["show-data", "five training images of each class, in sheet.png"],
  [
    "show-data --augment shift:2,flip,erase:8 --out augmented.png",
    "the same, and beside them as training sees them",
  ],
  ["show-data --augment mixup:0.4 --epoch 2 --out mixed.png", "what the second epoch sees of them"],
  ["show-data --data photos --augment flip,rotate:10", "of your own pictures, in a folder for each class"],
  ["train --augment shift:2,flip,erase:8", "train on them"],
])}

Augmentations:
${augmentLines()}

Images are those that train has with the same seed, in its own order of epochs, before they are resized; with --limit, mixup has other partners.
A file that is there is refused.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `show-data`, to be mounted on a program. */
export const showDataCommand = (known: DatasetList): Command =>
  addOptions(new Command("show-data"), showDataOptionsWith(known))
    .description("Write a sheet of training images, without and with augmentation")
    .addHelpText("after", help)
    .action(async (typed: TypedFlags) => {
      const request = readShowDataOptions(typed, known);
      await withTerminal(request, (terminal) => showData(request, { terminal, known }));
    });
