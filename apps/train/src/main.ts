// `pnpm train`, `evaluate`, `predict`, `export` and `engines`: mounts the commands.
import { createProgram, pnpmAsTyped, runProgram } from "@mlpconv/cli-kit";
import { trainCommands } from "./index.js";

const program = createProgram(pnpmAsTyped());
for (const command of trainCommands()) program.addCommand(command);
process.exitCode = await runProgram(program, process.argv.slice(2));
