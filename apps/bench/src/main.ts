// `pnpm bench`: the benchmarks. Results are written to results/.
import { describeError, exitCodeOf } from "@mlpconv/cli-kit";
import { type EngineName, engineNames } from "@mlpconv/tensor";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { type BesidePytorchOptions, besidePytorch, precisions, type Work } from "./beside-pytorch.js";
import { type BrowserOptions, benchBrowser } from "./browser.js";
import { type CaseName, caseNames } from "./cases.js";
import { benchDistributed, type DistributedOptions } from "./distributed/bench-distributed.js";
import { packForGpu } from "./gpu/pack.js";
import { benchHost } from "./host.js";
import { benchKernels } from "./kernels.js";
import { benchLoader } from "./loader.js";
import { benchOps, type OpsOptions } from "./ops/bench-ops.js";
import { benchPictures } from "./pictures.js";
import { benchPlateau, type PlateauOptions } from "./plateau/bench-plateau.js";
import { benchPrecision, type PrecisionOptions } from "./precision/bench-precision.js";
import { benchRecipe, type RecipeOptions } from "./recipe/bench-recipe.js";
import { drawCurves } from "./recipe/draw-curves.js";
import { type ExperimentName, experimentNames } from "./recipe/experiments.js";
import { benchThreads } from "./threads.js";
import { benchWasm, type WasmOptions } from "./wasm/bench-wasm.js";

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("expected a whole number, at least 1.");
  return value;
};
const engine = () =>
  new Option("--engine <name>", "which engine")
    .choices(["auto", ...engineNames])
    .default("wasm" as EngineName);

const program = new Command("bench").description("Measures kernels, training steps and the loader.");

const counts = (text: string, before: number[] = []): number[] => [...before, count(text)];
const nets = (usual: CaseName[]) =>
  new Argument("[cases...]", "which nets").choices(caseNames).default(usual);

/** The command `step` or `predict`, which differ only in the measured work. */
const besidePytorchCommand = (work: Work, description: string, usual: CaseName[]) =>
  program
    .command(work)
    .description(description)
    .addArgument(nets(usual))
    .addOption(engine())
    .addOption(
      new Option("--precision <name>", "mixed: ours, and PyTorch by autocast to bfloat16")
        .choices(precisions)
        .default("full"),
    )
    .option("--batch <n...>", "images a step, one or more sizes (default: as the case says)", counts, [])
    .option(
      "--steps <n>",
      "steps a round, after two to warm up (default: 3, or 100 of a small net or batch)",
      count,
    )
    .option("--rounds <n>", "how often ours and the peer take turns", count, 3)
    .option("--peers", "measure PyTorch in the same run", false)
    .option("--python <path>", "the Python that has torch", "python3")
    .action((names: CaseName[], options: Omit<BesidePytorchOptions, "cases">) =>
      besidePytorch(work, { ...options, cases: names }),
    );
besidePytorchCommand("step", "whole training steps, beside PyTorch's with --peers", [
  "ninMnist-28",
  "nin-96",
]);
besidePytorchCommand("predict", "inference, beside PyTorch's with --peers", ["nin-224"]);

program
  .command("host")
  .description("what a training step of engine webgpu costs the host, recorded and not; needs no GPU")
  .addArgument(nets(["lenet-28", "ninMnist-28", "nin-224"]))
  .option("--steps <n>", "steps whose median counts", count, 200)
  .action((names: CaseName[], options: { steps: number }) => benchHost({ cases: names, ...options }));

program
  .command("threads")
  .description("training steps of engine native on one thread and on all")
  .addArgument(nets(["nin-224"]))
  .option("--steps <n>", "steps a round, after two to warm up", count, 3)
  .option("--rounds <n>", "how often the two take turns", count, 3)
  .action((names: CaseName[], options: { steps: number; rounds: number }) =>
    benchThreads({ cases: names, ...options }),
  );

program
  .command("browser")
  .description("training steps of engine wasm in Chromium and in Node, on one thread and on all")
  .addArgument(nets(["ninMnist-28"]))
  .option("--batch <n>", "images a step (default: as the case says)", count)
  .option("--steps <n>", "steps a round, after two to warm up", count, 5)
  .option("--rounds <n>", "how often the two take turns", count, 3)
  .option("--chromium <path>", "the browser", process.env.CHROMIUM ?? "/usr/bin/chromium")
  .action((names: CaseName[], options: Omit<BrowserOptions, "cases">) =>
    benchBrowser({ ...options, cases: names }),
  );

program
  .command("distributed")
  .description(
    "training in two processes under Open MPI, in shards, and sums over ranks; a model of many nodes from them",
  )
  .option("--steps <n>", "steps a turn", count, 3)
  .option("--rounds <n>", "turns of each run, after a warm-up", count, 7)
  .option("--runs <n>", "sums whose median counts", count, 15)
  .option("--quick", "as little of each as shows that it works; writes nothing", false)
  .action((options: DistributedOptions) => benchDistributed(options));

program
  .command("loader")
  .description("batches a second, beside the training that uses them")
  .addOption(engine())
  .option("--size <pixels>", "side of the resized images", count, 224)
  .option("--batch <n>", "images a batch", count, 128)
  .option("--batches <n>", "batches to time", count, 8)
  .option("--steps <n>", "training steps to time, after two to warm up", count, 3)
  .action(benchLoader);

program
  .command("pictures")
  .description("images a second from a folder of JPEG files, beside the training that uses them")
  .addOption(engine())
  .option("--size <pixels>", "side of the images", count, 96)
  .option("--batch <n>", "images a batch", count, 64)
  .option("--batches <n>", "batches to time", count, 16)
  .option("--steps <n>", "training steps to time, after two to warm up", count, 3)
  .action(benchPictures);

program
  .command("gpu")
  .description(
    "packs what measures engine webgpu beside PyTorch on a machine with a GPU that has no Node and no network",
  )
  .requiredOption("--pack <folder>", "a new folder with `run.sh`, beside which the same comes as one .tar.xz")
  .action(({ pack }: { pack: string }) => packForGpu(pack));

program
  .command("kernels")
  .description("each convolution of NiN in each direction, in GFLOP/s, and batch normalisation in GB/s")
  .addOption(engine())
  .option("--batch <n>", "images", count, 8)
  .option("--runs <n>", "runs to take the median of", count, 3)
  .action(benchKernels);

program
  .command("ops")
  .description("each operation of tfjs's own wasm backend, on it and on engine wasm")
  .option("--only <names...>", "kernels, by tfjs's names (default: all)", [])
  .option("--rounds <n>", "how often the two take turns", count, 3)
  .option("--quick", "one short round; writes nothing", false)
  .action(async (options: OpsOptions) => void (await benchOps(options)));

program
  .command("wasm")
  .description("engine wasm beside an older one, PyTorch, native without wide vectors, and jax-js")
  .addArgument(nets(["nin-96", "ninMnist-28", "lenet-28"]))
  .option("--steps <n>", "steps a round, after two to warm up", count, 3)
  .option("--rounds <n>", "how often all take turns", count, 3)
  .option("--batch <n>", "images for convolutions", count, 8)
  .option("--runs <n>", "runs of a convolution to take the median of", count, 3)
  .option(
    "--beside <folder>",
    "another checkout, with its dependencies installed, whose engine is measured too",
  )
  .option("--peers", "measure PyTorch in the same run", false)
  .option("--python <path>", "the Python that has torch", "python3")
  .option("--jax <folder>", "a folder in which @jax-js/jax is installed, to measure its convolutions too")
  .option("--quick", "as little of each as shows that it works; writes nothing", false)
  .action((names: CaseName[], options: Omit<WasmOptions, "cases">) =>
    benchWasm({ ...options, cases: names }),
  );

program
  .command("recipe")
  .description(
    "how NiN and its peers train: experiments of many runs each; the same command goes on where it stopped",
  )
  .addArgument(new Argument("<experiments...>", "which").choices(experimentNames))
  .option("--jobs <n>", "runs at the same time, a thread each when there are several", count, 1)
  .option("--only <what>", "of their trials this one alone")
  .action((names: ExperimentName[], options: RecipeOptions) => benchRecipe(names, options));

program
  .command("plateau")
  .description(
    "what the layers of NiN do while the chapter's recipe does not learn; the same command goes on where it stopped",
  )
  .option("--quick", "two steps on few images, which are printed; writes nothing", false)
  .action((options: PlateauOptions) => benchPlateau(options));

program
  .command("precision")
  .description("the loss of the chapter's recipe in mixed precision beside float32, step by step")
  .option("--quick", "two steps of each, which are printed; writes nothing", false)
  .action((options: PrecisionOptions) => benchPrecision(options));

program
  .command("curves")
  .description("figures of runs on a GPU, from the folders in recipe-runs.tgz")
  .argument("<folders...>", "run folders")
  .requiredOption("--to <path>", "beginning of the figures' paths")
  .action((folders: string[], { to }: { to: string }) => drawCurves(folders, to));

await program.parseAsync().catch((error: unknown) => {
  console.error(describeError(error));
  process.exitCode = exitCodeOf(error);
});
