// @mlpconv/train: the commands about one run, for a program to mount.
import { type DatasetList, datasets } from "@mlpconv/datasets";
import type { Command } from "commander";
import { enginesCommand } from "./engines/command.js";
import { evaluateCommand } from "./evaluate/command.js";
import { exportCommand } from "./export/command.js";
import { lrFindCommand } from "./lr-find/command.js";
import { predictCommand } from "./predict/command.js";
import { showDataCommand } from "./show-data/command.js";
import { trainCommand } from "./train/command.js";

/**
 * `train`, `evaluate`, `predict`, `export`, `show-data`, `lr-find` and `engines`.
 *
 * @param known the data sets that runs are trained and tested on
 */
export const trainCommands = (known: DatasetList = datasets): Command[] => [
  trainCommand(known),
  evaluateCommand(known),
  predictCommand(),
  exportCommand(),
  showDataCommand(known),
  lrFindCommand(known),
  enginesCommand(),
];
