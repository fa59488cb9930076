// `pnpm bench`: what is fast, what is not, and beside what. Results go to results/.
import { type EngineName, engineNames } from "@mlpconv/tensor";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { type CaseName, caseNames } from "./cases.js";
import { benchKernels } from "./kernels.js";
import { benchLoader } from "./loader.js";
import { benchStep } from "./step.js";

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

program
  .command("step")
  .description("whole training steps, beside PyTorch's with --peers")
  .addArgument(
    new Argument("[cases...]", "which nets")
      .choices(caseNames)
      .default(["ninMnist-28", "nin-96"] as CaseName[]),
  )
  .addOption(engine())
  .option("--batch <n>", "images a step (default: as the case says)", count)
  .option("--steps <n>", "steps a round, after two to warm up", count, 3)
  .option("--rounds <n>", "how often ours and the peer take turns", count, 3)
  .option("--peers", "measure PyTorch in the same run", false)
  .option("--python <path>", "the Python that has torch", "python3")
  .action((names: CaseName[], options) => benchStep({ cases: names, ...options }));

program
  .command("loader")
  .description("batches a second, beside the training that uses them")
  .addOption(engine())
  .option("--size <pixels>", "side of the resized images", count, 224)
  .option("--batch <n>", "images a batch", count, 128)
  .option("--batches <n>", "batches to time", count, 8)
  .option("--steps <n>", "training steps to time", count, 1)
  .action(benchLoader);

program
  .command("kernels")
  .description("each convolution of NiN in each direction, in GFLOP/s")
  .addOption(engine())
  .option("--batch <n>", "images", count, 8)
  .option("--runs <n>", "runs to take the median of", count, 3)
  .action(benchKernels);

await program.parseAsync();
