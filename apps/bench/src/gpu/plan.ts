// What is measured on a GPU, in full or only to see that the whole of it runs.
import type { CaseName } from "../cases.js";

export interface Plan {
  cases: readonly CaseName[];
  /** Images a step; default: as the case says. */
  batch?: number;
  /** Steps a round, after those that warm up. */
  steps: number;
  /** How often ours and the peer take turns. */
  rounds: number;
  /** Runs of a kernel whose median counts. */
  runs: number;
  /** Ceilings that a software adapter reaches in no time, and that say nothing. */
  small: boolean;
  /** Where PyTorch computes. */
  peerDevice: "cuda" | "cpu";
  /** Flags of `train` beside preset, engine and data: which net, and what is not as the preset says. */
  trainFlags: readonly string[];
  python: string;
  /** Milliseconds until all must end. */
  left: () => number;
  /** The path of a file of the pack. */
  script: (file: string) => string;
}

export const full = {
  cases: ["nin-224", "alexnet-224", "vgg11-ratio4-224", "nin-96", "ninMnist-28"],
  steps: 20,
  rounds: 1,
  runs: 7,
  small: false,
  peerDevice: "cuda",
  trainFlags: ["--model", "nin"],
} as const satisfies Partial<Plan>;

/** Sizes for a machine without a GPU. */
export const quick = {
  cases: ["lenet-28"],
  batch: 2,
  steps: 1,
  rounds: 1,
  runs: 1,
  small: true,
  peerDevice: "cpu",
  trainFlags: ["--model", "lenet", "--epochs", "1", "--limit", "128"],
} as const satisfies Partial<Plan>;
