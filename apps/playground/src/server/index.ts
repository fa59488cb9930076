// @mlpconv/playground: the command that serves the page, for a program to mount.
import { datasets } from "@mlpconv/datasets";
import type { Command } from "commander";
import { playgroundCommand } from "./command.js";

/** @param known the data sets that runs are trained and tested on */
export const playgroundCommands = (known = datasets): Command[] => [playgroundCommand(known)];
