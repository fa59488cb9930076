// @mlpconv/compare: the commands about many runs, for a program to mount.
import type { Command } from "commander";
import { compareCommand } from "./compare/command.js";
import { reportCommand } from "./report/command.js";

/**
 * `compare` and `report`.
 *
 * @param train the program that trains, a file for Node
 */
export const compareCommands = (train: string): Command[] => [compareCommand(train), reportCommand()];
