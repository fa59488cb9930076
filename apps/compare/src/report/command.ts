// The command `report`: draws runs.
import { addOptions, exampleLines, operand, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { Command } from "commander";
import { readReportOptions, reportOptions } from "./options.js";
import { reportRuns } from "./report-runs.js";

const help = () => `
${exampleLines([
  ["report try-1", "runs/try-1/report.html, shown in the browser"],
  ["report nin-a alexnet-b --out figures", "several runs side by side: figures/report.html"],
  ["report try-1 --no-open", "written, and not shown"],
])}

What only the trained net can tell (its mistakes, its class maps) is computed once and kept in runs/<name>/analysis.json, the confusion
matrix in evaluation.json. Each figure is also there as SVG and PNG.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `report`, to be mounted on a program. */
export const reportCommand = (known: DatasetList): Command =>
  addOptions(new Command("report"), reportOptions)
    .description("Draw runs: curves, confusion, mistakes, class maps, the net, on one page")
    .addArgument(operand("[runs...]", "names of runs in runs/", "runs"))
    .addHelpText("after", help)
    .action(async (runs: string[], typed: TypedFlags) => {
      const request = readReportOptions(runs, typed);
      await withTerminal(request, (terminal) => reportRuns(request, { terminal, known }));
    });
