// Measures whole training steps of one model on this GPU, alternately here and in PyTorch, in each precision, and the GPU time of our kernels.
import { type CaseName, cases } from "../cases.js";
import { runJson } from "../run-json.js";
import { median } from "../statistics.js";
import type { Plan } from "./plan.js";
import type { PeerFigures, PytorchServer } from "./pytorch-server.js";

const precisions = ["fp32", "tf32", "bf16"] as const;

/** Configurations of engine webgpu, as environment variables. */
export const ways = {
  full: { MLPCONV_PRECISION: "full" },
  mixed: { MLPCONV_PRECISION: "mixed" },
  "mixed, threads": { MLPCONV_PRECISION: "mixed", MLPCONV_DAWN_TOGGLES: "-allow_unsafe_apis" },
  "full, indices checked": { MLPCONV_PRECISION: "full", MLPCONV_DAWN_TOGGLES: "-disable_robustness" },
  "mixed, indices checked": { MLPCONV_PRECISION: "mixed", MLPCONV_DAWN_TOGGLES: "-disable_robustness" },
} as const;
export type Way = keyof typeof ways;

export interface OurFigures {
  /** Seconds when the host waits for each step's loss. */
  secondsPerStep: number;
  /** Seconds with up to four steps in flight, as in the programs. */
  secondsPerStepAhead: number;
  warmUpSeconds: number;
  tuningSeconds: number;
  /** Sum of the GPU times of a step's dispatches. */
  gpuMilliseconds: number;
  /** GPU time by kernel. */
  kernels: readonly object[];
  /** Times of all measured tiles. */
  tiles: readonly object[];
}

export const measureOurs = (name: CaseName, way: Way, plan: Plan): Promise<OurFigures> => {
  const batch = plan.batch ?? cases[name].batch;
  return runJson<OurFigures>(
    process.execPath,
    [plan.packFile("measure-gpu-step.js"), name, String(batch), String(plan.steps)],
    ways[way],
    { signal: AbortSignal.timeout(plan.timeLeft()) },
  );
};

const withoutTiles = ({ tiles: _, ...figures }: OurFigures) => figures;

/** PyTorch in the faster of both memory layouts. */
const measurePeer = async (server: PytorchServer, name: CaseName, precision: string, plan: Plan) => {
  const batch = plan.batch ?? cases[name].batch;
  const run = (layout: string) => server.step(name, batch, plan.steps, layout, plan.peerDevice, precision);
  const [nchw, nhwc] = [await run("nchw"), await run("nhwc")];
  return nchw.secondsPerStep < nhwc.secondsPerStep ? nchw : nhwc;
};

/** @param own our configurations that are measured in each round */
export const stepBesidePytorch = async (
  name: CaseName,
  own: readonly Way[],
  server: PytorchServer,
  plan: Plan,
) => {
  const batch = plan.batch ?? cases[name].batch;
  const ours: OurFigures[][] = [];
  const theirs: PeerFigures[][] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const [figures, peers] = [[] as OurFigures[], [] as PeerFigures[]];
    for (const way of own) figures.push(await measureOurs(name, way, plan));
    for (const precision of precisions) peers.push(await measurePeer(server, name, precision, plan));
    ours.push(figures);
    theirs.push(peers);
  }
  const speed = (rounds: readonly { secondsPerStep: number }[]) =>
    batch / median(rounds.map(({ secondsPerStep }) => secondsPerStep));
  const speedAhead = (rounds: readonly { secondsPerStep: number; secondsPerStepAhead?: number }[]) =>
    batch /
    median(rounds.map(({ secondsPerStep, secondsPerStepAhead }) => secondsPerStepAhead ?? secondsPerStep));
  const column = <T>(rounds: T[][], i: number) => rounds.map((round) => round[i]!);
  return {
    case: name,
    size: cases[name].size,
    batch,
    ours: own.map((way, i) => ({
      way,
      imagesPerSecond: speed(column(ours, i)),
      imagesPerSecondAhead: speedAhead(column(ours, i)),
      ...withoutTiles(ours.at(-1)![i]!),
    })),
    peers: precisions.map((precision, i) => ({
      precision,
      peer: theirs[0]![i]!.peer,
      layout: theirs[0]![i]!.layout,
      imagesPerSecond: speed(column(theirs, i)),
      imagesPerSecondAhead: speedAhead(column(theirs, i)),
    })),
  };
};
