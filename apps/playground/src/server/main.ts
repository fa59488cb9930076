// `pnpm playground`: mounts the command.
import { createProgram, pnpmAsTyped, runProgram } from "@mlpconv/cli-kit";
import { playgroundCommands } from "./index.js";

const program = createProgram(pnpmAsTyped());
for (const command of playgroundCommands()) program.addCommand(command);
process.exitCode = await runProgram(program, process.argv.slice(2));
