// The program that `run.sh` starts on a machine with a GPU: tests and measures engine webgpu and PyTorch, and writes a file of results for each part.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type CaseName, caseNames } from "../cases.js";
import { gpuExperimentNames } from "../recipe/gpu-experiments.js";
import { runJson } from "../run-json.js";
import { measureOurs, stepBesidePytorch, type Way, ways } from "./beside-pytorch.js";
import { startDriver } from "./driver.js";
import { full, type Plan, quick } from "./plan.js";
import { PytorchServer } from "./pytorch-server.js";
import { readRecipeRequest } from "./recipe-request.js";
import { runSuites } from "./run-suites.js";
import { trainOnGpu } from "./train-on-gpu.js";
import { trainRecipe } from "./train-recipe.js";
import { type Machine, writeGpuResults } from "./write-gpu-results.js";

const usage = `usage: run.sh OUT [PART...] [--data FOLDER] [--python PATH] [--rounds N] [--seconds N] [--quick]
       run.sh OUT recipe --data FOLDER [--lists NAMES] [--choice FILE] [--at-once N] [--precision NAME] [--tiles FILE] [--seconds N] [--quick]
  PART            suites, kernels, step, ways, train or recipe, in the order in which they are to be done
                  (default: step, suites, kernels, ways; train and recipe need --data)
  --data FOLDER   the four files of Fashion-MNIST
  --python PATH   the Python that has torch (default: python3)
  --cases NAMES   the nets of parts step and ways (default: ${full.cases.join(",")})
  --rounds N      how often ours and PyTorch take turns (default: 1)
  --seconds N     when to end (default: when all is done)
  --lists NAMES   the experiments of part recipe, in order, from ${gpuExperimentNames.join(", ")};
                  with --choice also chosen and ablations (default: the first, or these two);
                  runs that have a row in OUT are not done again
  --choice FILE   JSON with what was chosen after the search: {"factors": {"averaged weights": "--ema 0.999"}}
  --at-once N     simultaneous runs of part recipe (default: 6)
  --precision NAME  mixed or full, for all runs of part recipe (default: as each says)
  --tiles FILE    tiles.json of an earlier OUT on the same GPU, so that part recipe need not measure them
  --quick         sizes that say nothing, to see that all of it runs`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    python: { type: "string", default: "python3" },
    cases: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string", default: "86400" },
    lists: { type: "string" },
    choice: { type: "string" },
    "at-once": { type: "string", default: "6" },
    precision: { type: "string" },
    tiles: { type: "string" },
    quick: { type: "boolean" },
  },
});
const parts = ["suites", "kernels", "step", "ways", "train", "recipe"] as const;
type Part = (typeof parts)[number];
const [folder, ...asked] = positionals as [string | undefined, ...Part[]];
const needData = asked.includes("train") || asked.includes("recipe");
if (!folder || asked.some((part) => !parts.includes(part)) || (needData && !values.data)) {
  console.error(usage);
  process.exit(2);
}
const namedCases = values.cases?.split(",") as CaseName[] | undefined;
const unknown = namedCases?.find((name) => !caseNames.includes(name));
if (unknown !== undefined) {
  console.error(`bench: --cases: expected names of ${caseNames.join(", ")}, got ${unknown}`);
  process.exit(2);
}
const recipeRequest = asked.includes("recipe") ? readRecipeRequest(values) : undefined;
const out = resolve(folder);
const end = performance.now() + Number(values.seconds) * 1000;
const timeLeft = () => Math.max(1, Math.round(end - performance.now()));

const packFile = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const plan: Plan = {
  ...(values.quick ? quick : full),
  ...(namedCases && { cases: namedCases }),
  ...(values.rounds && { rounds: Number(values.rounds) }),
  python: values.python,
  packFile,
  timeLeft,
};
const adapter = await startDriver(packFile("."), packFile("measure-adapter.js"));
const dawn: string = JSON.parse(readFileSync(packFile("node_modules/webgpu/package.json"), "utf8")).version;
const machine: Machine = { ...adapter, dawn, node: process.versions.node };
console.log(JSON.stringify(machine));

const half = machine.features.includes("shader-f16");
const whole = (number: number) => number.toFixed(0);

const measureKernels = async () => {
  const batch = plan.batch ?? 128;
  const flags = [String(batch), String(plan.kernelRuns), ...(plan.smoke ? ["smoke"] : [])];
  for (const way of ["full", ...(half ? ["mixed"] : [])] as Way[]) {
    const figures = await runJson<{ ceilings: object; rows: Record<string, number | string>[] }>(
      process.execPath,
      [packFile("measure-kernels.js"), ...flags],
      ways[way],
      { signal: AbortSignal.timeout(timeLeft()) },
    );
    console.log(way, JSON.stringify(figures.ceilings));
    for (const { layer, direction, milliseconds, gflops, ofPeak, ofBandwidth } of figures.rows)
      console.log(
        `  ${layer} ${direction}: ${Number(milliseconds).toFixed(3)} ms, ${whole(Number(gflops))} GFLOP/s, ${Number(ofPeak).toFixed(2)} of peak, ${Number(ofBandwidth).toFixed(2)} of bandwidth`,
      );
    writeGpuResults(out, `kernels-${way}`, machine, undefined, { batch, runs: plan.kernelRuns, ...figures });
  }
};

const measureSteps = async () => {
  const server = new PytorchServer(plan);
  const rows = [];
  try {
    for (const name of plan.cases) {
      const row = await stepBesidePytorch(name, half ? ["full", "mixed"] : ["full"], server, plan);
      rows.push(row);
      console.log(name);
      for (const our of row.ours)
        console.log(
          `  ours, ${our.way}: ${whole(our.imagesPerSecond)} images/s, ahead ${whole(our.imagesPerSecondAhead)}; ` +
            `${our.gpuMilliseconds.toFixed(2)} ms of ${(our.secondsPerStepAhead * 1e3).toFixed(2)} on the GPU; ` +
            `warm-up ${our.warmUpSeconds.toFixed(1)} s, tuning ${our.tuningSeconds.toFixed(1)} s`,
        );
      for (const { precision, layout, ...peer } of row.peers)
        console.log(
          `  PyTorch, ${precision}, ${layout}: ${whole(peer.imagesPerSecond)} images/s, ahead ${whole(peer.imagesPerSecondAhead)}`,
        );
      // Written after each model, so that an interrupted benchmark keeps its results.
      writeGpuResults(out, "step", machine, row.peers[0]!.peer, {
        steps: plan.steps,
        rounds: plan.rounds,
        rows,
      });
    }
  } finally {
    server.close();
  }
};

const measureWays = async () => {
  const name = plan.cases[0];
  const rows = [];
  for (const way of Object.keys(ways) as Way[]) {
    if (way.startsWith("mixed") && !half) continue;
    const figures = await measureOurs(name!, way, plan);
    const { kernels: _, tiles: __, ...totals } = figures;
    rows.push({ way, ...totals });
    console.log(
      `${name}, ${way}: ${(figures.secondsPerStepAhead * 1e3).toFixed(2)} ms a step, ${figures.gpuMilliseconds.toFixed(2)} on the GPU`,
    );
    writeGpuResults(out, "ways", machine, undefined, { case: name, rows });
  }
};

const train = async () => {
  const data = resolve(values.data!);
  const rows = [];
  for (const preset of ["best", "d2l"] as const) {
    rows.push(await trainOnGpu(preset, data, out, plan));
    writeGpuResults(out, "train", machine, undefined, { rows });
  }
};

const measures: Record<Part, () => Promise<void>> = {
  suites: async () => writeGpuResults(out, "suites", machine, undefined, await runSuites(plan)),
  kernels: measureKernels,
  step: measureSteps,
  ways: measureWays,
  train,
  recipe: () =>
    trainRecipe({ ...recipeRequest!, mixed: half, data: resolve(values.data!), out, machine }, plan),
};
for (const part of asked.length > 0 ? asked : (["step", "suites", "kernels", "ways"] as const)) {
  console.log(`== ${part}, ${whole(timeLeft() / 1000)} s left`);
  // If one part fails, the others still run.
  await measures[part]().catch((error: Error) => console.log(`${part} failed: ${error.message}`));
}
console.log(`== done, ${whole(timeLeft() / 1000)} s left`);
process.exit(0);
