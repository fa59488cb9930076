// The command `engines`: what this machine can train on, and how fast.
import { addOptions, columnsOf, exampleLines, jsonOption } from "@mlpconv/cli-kit";
import { type EngineStatus, engines, useEngine } from "@mlpconv/tensor";
import { Command } from "commander";
import { withProcesses } from "../train/join-group.js";
import { processLines } from "../train/process-lines.js";
import { measureSpeed } from "./measure-speed.js";
import { enginesTable, type MeasuredEngine } from "./table.js";

const help = () => `
${exampleLines([
  ["engines", "the table"],
  ["engines --json | tail -n 1", "the same for a program"],
  ["train --engine wasm", "train on one of them"],
])}`;

/** `engines`, to be mounted on a program. */
export const enginesCommand = (): Command =>
  addOptions(new Command("engines"), { json: jsonOption("print one JSON object") })
    .description("Show what this machine can train on, and how fast")
    .addHelpText("after", help)
    .action(({ json }: { json?: boolean }) =>
      withProcesses({}, async (processes) => {
        // Of many, one measures: all at once would measure each other.
        const found = await processes.agreed(async () =>
          processes.rank === 0 ? measureAll(await engines()) : [],
        );
        const isUsable = await processes.fromFirst(() => found.some(({ usable }) => usable));
        const auto = isUsable ? await processes.firstOnMachine(() => useEngine("auto")) : undefined;
        const together = auto ? await processLines(processes, auto) : [];
        if (processes.rank > 0) return;
        const out = json ? process.stderr : process.stdout;
        const table = enginesTable(found, auto?.name ?? null, columnsOf(out));
        out.write(`${[...table, ...together].join("\n")}\n`);
        if (json) process.stdout.write(`${JSON.stringify({ auto: auto?.name ?? null, engines: found })}\n`);
      }),
    );

const measureAll = async (statuses: readonly EngineStatus[]): Promise<MeasuredEngine[]> => {
  const measured: MeasuredEngine[] = [];
  for (const status of statuses) {
    if (!status.usable) measured.push(status);
    else {
      await useEngine(status.name);
      measured.push({ ...status, gigaMacsPerSecond: await measureSpeed() });
    }
  }
  return measured;
};
