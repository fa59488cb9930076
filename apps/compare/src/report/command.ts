// The command `report`: draws runs.
import { exampleLines, openTerminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { engineNames } from "@mlpconv/tensor";
import { Command } from "commander";
import { type ReportFlags, readReportFlags } from "./options.js";
import { reportRuns } from "./report-runs.js";

const help = () => `
${exampleLines([
  ["report try-1", "runs/try-1/report.html, shown in the browser"],
  ["report nin-a alexnet-b --out figures", "several runs side by side: figures/report.html"],
  ["report try-1 --no-open", "written, and not shown"],
])}

What only the trained net can tell (its mistakes, its class maps) is computed once and kept in runs/<name>/insights.json, the confusion
matrix in evaluation.json. Each figure is also there as SVG and PNG.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `report`, to be mounted on a program. */
export const reportCommand = (known: DatasetList): Command =>
  new Command("report")
    .description("Draw runs: curves, confusion, mistakes, class maps, the net, on one page")
    .argument("[runs...]", "names of runs in runs/")
    .option("--out <dir>", "folder for report.html (default: the run's own; needed for several)")
    .option("--no-open", "do not show the page in the browser, as is done at a terminal")
    .option("--engine <name>", `auto, ${engineNames.join(", ")} (default: auto, the fastest there is)`)
    .option("--data <dir>", "folder with the data set's files; else they are found or downloaded")
    .option("--json", "print the paths as the last line of stdout, all else on stderr")
    .addHelpText("after", help)
    .action(async (runs: string[], flags: ReportFlags) => {
      const request = readReportFlags(runs, flags);
      const terminal = openTerminal(request);
      try {
        await reportRuns(request, { terminal, known });
      } finally {
        terminal.close();
      }
    });
