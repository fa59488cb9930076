// Exercise: how much memory do training and prediction take? What shapes predict beside what is measured, each case in a process of its own.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { summary } from "@mlpconv/models";
import { useEngine } from "@mlpconv/tensor";
import { build, type Case, type Memory, measureMemory } from "./shared/memory-case.js";
import { mebibytes, printTable } from "./shared/table.js";
import { times } from "./shared/verdict.js";

type Row = Case & Memory & ReturnType<typeof summary>;

const { values } = parseArgs({
  options: { "batch-size": { type: "string", default: "128" }, case: { type: "string" } },
});

if (values.case) {
  console.log(JSON.stringify(await measureMemory(JSON.parse(values.case) as Case)));
} else {
  const batchSize = Number(values["batch-size"]);
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new RangeError(`--batch-size: expected a whole number from 1 up, got "${values["batch-size"]}"`);
  await useEngine("cpu"); // shapes alone are read here
  const rows: Row[] = [96, 224].flatMap((size) =>
    (["predict", "train"] as const).map((what) => {
      const asked: Case = { size, what, batchSize };
      const args = [...process.execArgv, process.argv[1]!, "--case", JSON.stringify(asked)];
      const output = execFileSync(process.execPath, args, { encoding: "utf8" });
      return { ...asked, ...summary(build(size)), ...(JSON.parse(output) as Memory) };
    }),
  );
  console.log(`nin, batch ${batchSize}, on ${rows[0]!.engine}; in MiB\n`);
  printTable(
    ["pixels", "", "parameters", "activations", "tensors at the peak", "peak RSS", "of it before"],
    rows.map((row) => [
      `${row.size}`,
      row.what,
      ...[
        row.parameters * 4,
        row.activationBytes * batchSize,
        row.tensorBytes,
        row.peakRss,
        row.rssBefore,
      ].map(mebibytes),
    ]),
  );
  for (const [predict, train] of [rows.slice(0, 2), rows.slice(2)] as [Row, Row][]) {
    const activations = train.activationBytes * batchSize;
    const larger = activations > train.parameters * 4 ? "activations" : "parameters";
    console.log(`${train.size} pixels: of the net's own, the ${larger} are the larger part in training.`);
    console.log(
      `  Training's tensors take ${times(train.tensorBytes, activations)} one pass's activations and ` +
        `${times(train.tensorBytes, predict.tensorBytes)} what prediction's take, which keeps no activation for gradients.`,
    );
    console.log(
      `  The training process grew by ${mebibytes(train.peakRss - train.rssBefore)} MiB, ` +
        `${times(train.peakRss - train.rssBefore, train.tensorBytes)} its tensors: the rest is kernels' scratch memory.`,
    );
  }
}
