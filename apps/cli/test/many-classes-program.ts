// The programs, with a data set of many classes.
import { fileURLToPath } from "node:url";
import { createProgram, runProgram } from "@mlpconv/cli-kit";
import { compareCommands } from "@mlpconv/compare";
import { trainCommands } from "@mlpconv/train";
import { descriptor } from "./many-classes.js";

const program = createProgram("npx mlpconv");
const commands = [
  ...trainCommands([descriptor]),
  ...compareCommands(fileURLToPath(import.meta.url), [descriptor]),
];
for (const command of commands) program.addCommand(command);
process.exitCode = await runProgram(program, process.argv.slice(2));
