// `pnpm compare` and `pnpm report`: mounts the commands.
import { fileURLToPath } from "node:url";
import { createProgram, pnpmAsTyped, runProgram } from "@mlpconv/programs";
import { compareCommands } from "./index.js";

// Beside src here, and beside dist once built.
const train = fileURLToPath(new URL(import.meta.url.replace(/compare(\/[^/]+\/main\.\w+)$/, "train$1")));

const program = createProgram(pnpmAsTyped());
for (const command of compareCommands(train)) program.addCommand(command);
process.exitCode = await runProgram(program, process.argv.slice(2));
