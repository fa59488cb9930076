// `pnpm compare` and `pnpm report`: mounts the commands.
import { fileURLToPath } from "node:url";
import { createProgram, runProgram } from "@mlpconv/programs";
import { compareCommand } from "./compare-command.js";
import { reportCommand } from "./report-command.js";

// Beside src here, and beside dist once built.
const train = fileURLToPath(new URL(import.meta.url.replace(/compare(\/[^/]+\/main\.\w+)$/, "train$1")));

const program = createProgram("pnpm");
program.addCommand(compareCommand(train));
program.addCommand(reportCommand());
process.exitCode = await runProgram(program, process.argv.slice(2));
