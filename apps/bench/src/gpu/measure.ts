// What `run.sh` starts on a machine with a GPU: measures kernels, whole steps beside PyTorch and, given the data, training; a file of results each.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runJson } from "../run-json.js";
import { stepBesidePytorch } from "./beside-pytorch.js";
import { startDriver } from "./driver.js";
import { full, type Plan, quick } from "./plan.js";
import { trainOnGpu } from "./train-on-gpu.js";
import { type Machine, writeGpuResults } from "./write-gpu-results.js";

const usage = `usage: run.sh OUT [kernels] [step] [train] [--data FOLDER] [--python PATH] [--quick]
  kernels, step, train   what is measured (default: all; train needs --data)
  --data FOLDER          the four files of Fashion-MNIST
  --python PATH          the Python that has torch (default: python3)
  --quick                sizes that say nothing, to see that all of it runs`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    python: { type: "string", default: "python3" },
    quick: { type: "boolean" },
  },
});
const [folder, ...asked] = positionals;
const parts = ["kernels", "step", "train"];
if (!folder || asked.some((part) => !parts.includes(part)) || (asked.includes("train") && !values.data)) {
  console.error(usage);
  process.exit(2);
}
const out = resolve(folder);
const wanted = (part: string) => asked.length === 0 || asked.includes(part);

const script = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const plan: Plan = { ...(values.quick ? quick : full), python: values.python, script };
const adapter = await startDriver(script("."), script("measure-adapter.js"));
const dawn: string = JSON.parse(readFileSync(script("node_modules/webgpu/package.json"), "utf8")).version;
const machine: Machine = { ...adapter, dawn, node: process.versions.node };
console.log(`${machine.gpu}, ${machine.driver}`);

if (wanted("kernels")) {
  const batch = plan.batch ?? 128;
  const flags = [String(batch), String(plan.runs), ...(plan.small ? ["small"] : [])];
  const figures = await runJson<object>(process.execPath, [script("measure-kernels.js"), ...flags]);
  writeGpuResults(out, "kernels", machine, undefined, { batch, runs: plan.runs, ...figures });
}
if (wanted("step")) {
  const rows = [];
  for (const name of plan.cases) {
    const row = await stepBesidePytorch(name, plan, machine.features.includes("shader-f16"));
    rows.push(row);
    const beside = row.peers.map(
      (peer) => `${peer.precision} ${peer.imagesPerSecond.toFixed(0)} (${peer.ratio.toFixed(2)})`,
    );
    const mixed = row.mixedImagesPerSecond;
    const ours = `${row.imagesPerSecond.toFixed(0)} images/s${mixed ? `, mixed ${mixed.toFixed(0)}` : ""}`;
    console.log(`${name}: ${ours}; PyTorch ${beside.join(", ")}`);
    // After each net: whoever is cut off keeps those before.
    writeGpuResults(out, "step", machine, row.peers[0]!.peer, {
      steps: plan.steps,
      rounds: plan.rounds,
      rows,
    });
  }
}
if (wanted("train") && values.data) {
  const data = resolve(values.data);
  const rows = [];
  for (const preset of ["d2l", "best"] as const) {
    rows.push(await trainOnGpu(preset, data, out, plan));
    writeGpuResults(out, "train", machine, undefined, { rows });
  }
}
