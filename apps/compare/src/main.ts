// `pnpm compare` and `pnpm report`: mounts the commands.
import { fileURLToPath } from "node:url";
import { createProgram, pnpmAsTyped, runProgram } from "@mlpconv/cli-kit";
import { compareCommands } from "./index.js";

// Each run is a process of this program, which `apps/train` declares.
const train = fileURLToPath(import.meta.resolve("@mlpconv/train/program"));

const program = createProgram(pnpmAsTyped());
for (const command of compareCommands(train)) program.addCommand(command);
process.exitCode = await runProgram(program, process.argv.slice(2));
