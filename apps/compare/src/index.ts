// @mlpconv/compare: the commands about many runs, for a program to mount.
import { type DatasetList, datasets } from "@mlpconv/datasets";
import type { Command } from "commander";
import { compareCommand } from "./compare/command.js";
import { reportCommand } from "./report/command.js";

/**
 * `compare` and `report`.
 *
 * @param train the program that trains, a file for Node; it must know the same data sets
 * @param known the data sets that runs are trained and tested on
 */
export const compareCommands = (train: string, known: DatasetList = datasets): Command[] => [
  compareCommand(train, known),
  reportCommand(known),
];
