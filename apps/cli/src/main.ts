#!/usr/bin/env node
// `npx mlpconv`: all programs under one name, from any folder.
import { fileURLToPath } from "node:url";
import { createProgram, runProgram } from "@mlpconv/cli-kit";
import { compareCommands } from "@mlpconv/compare";
import { playgroundCommands } from "@mlpconv/playground";
import { trainCommands } from "@mlpconv/train";
import { completionCommand } from "./completion-command.js";
import { examples, version } from "./help.js";

const program = createProgram("npx mlpconv").version(version).addHelpText("after", examples);
// A comparison trains in child processes of this very file.
const commands = [
  ...trainCommands(),
  ...compareCommands(fileURLToPath(import.meta.url)),
  ...playgroundCommands(),
];
for (const command of [...commands, completionCommand(program)]) program.addCommand(command);
process.exitCode = await runProgram(program, process.argv.slice(2));
