// `pnpm train` and `pnpm engines`: mounts the commands.
import { enginesCommand } from "./engines-command.js";
import { createProgram, runProgram } from "./program.js";
import { trainCommand } from "./train-command.js";

const program = createProgram("pnpm").addCommand(trainCommand()).addCommand(enginesCommand());
process.exitCode = await runProgram(program, process.argv.slice(2));
