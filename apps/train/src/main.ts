// `pnpm train`, `evaluate`, `predict`, `export` and `engines`: mounts the commands.
import { createProgram, runProgram } from "@mlpconv/programs";
import { enginesCommand } from "./engines-command.js";
import { evaluateCommand } from "./evaluate-command.js";
import { exportCommand } from "./export-command.js";
import { predictCommand } from "./predict-command.js";
import { trainCommand } from "./train-command.js";

const program = createProgram("pnpm");
for (const command of [trainCommand, evaluateCommand, predictCommand, exportCommand, enginesCommand]) {
  program.addCommand(command());
}
process.exitCode = await runProgram(program, process.argv.slice(2));
