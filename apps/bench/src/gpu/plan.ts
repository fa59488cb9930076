// Sizes of the GPU benchmark: the full one, and a quick one that only shows that every part runs.
import type { CaseName } from "../cases.js";
import type { GpuExperiment } from "../recipe/gpu-experiments.js";

export interface Plan {
  cases: readonly CaseName[];
  /** Batch size. Default: that of the case. */
  batch?: number;
  /** Steps in each round, after warming up. */
  steps: number;
  /** Number of rounds, each with our engine and PyTorch. */
  rounds: number;
  /** Runs of each kernel; the median is reported. */
  kernelRuns: number;
  /** Whether peak speeds are measured on tiny inputs: fast on a software adapter, but meaningless. */
  smoke: boolean;
  /** PyTorch's device. */
  peerDevice: "cuda" | "cpu";
  /** Flags of `train` in addition to preset, engine and data. */
  trainFlags: readonly string[];
  /** Changes an experiment's trials to the size of this plan. */
  shrink: (experiment: GpuExperiment) => GpuExperiment;
  python: string;
  /** Milliseconds until the benchmark must end. */
  timeLeft: () => number;
  /** Path of a file of the GPU pack. */
  packFile: (file: string) => string;
}

export const full = {
  cases: ["nin-224", "alexnet-224", "vgg11-ratio4-224", "nin-96", "ninMnist-28"],
  steps: 20,
  rounds: 1,
  kernelRuns: 7,
  smoke: false,
  peerDevice: "cuda",
  trainFlags: ["--model", "nin"],
  shrink: (experiment: GpuExperiment) => experiment,
} as const satisfies Partial<Plan>;

/** Sizes for a machine without a GPU. */
export const quick = {
  cases: ["lenet-28"],
  batch: 2,
  steps: 1,
  rounds: 1,
  kernelRuns: 1,
  smoke: true,
  peerDevice: "cpu",
  trainFlags: ["--model", "lenet", "--epochs", "1", "--limit", "128"],
  shrink: (experiment: GpuExperiment): GpuExperiment => ({
    ...experiment,
    trials: experiment.trials.slice(0, 3).map((trial) => ({
      ...trial,
      model: "lenet",
      flags: `${trial.flags} --resize 28 --epochs 1 --limit 128`.trim(),
      seeds: 1,
    })),
  }),
} as const satisfies Partial<Plan>;
