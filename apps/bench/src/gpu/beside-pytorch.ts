// Whole training steps of one net on this GPU: ours and PyTorch's in each precision in turn, and where ours spend their time. Both wait for each step's loss.
import { type CaseName, cases } from "../cases.js";
import { runJson } from "../run-json.js";
import { median } from "../statistics.js";
import type { Plan } from "./plan.js";

const precisions = ["fp32", "tf32", "bf16"] as const;
type Precision = "full" | "mixed";

interface Measured {
  secondsPerStep: number;
}
interface Peer extends Measured {
  peer: string;
  layout: string;
}

/** PyTorch in both memory layouts: the faster one. */
const pytorch = async (
  { python, script, peerDevice }: Plan,
  step: string[],
  precision: string,
): Promise<Peer> => {
  const run = (layout: string) =>
    runJson<Peer>(python, [script("pytorch.py"), "step", ...step, layout, peerDevice, precision]);
  const [nchw, nhwc] = [await run("nchw"), await run("nhwc")];
  return nchw.secondsPerStep < nhwc.secondsPerStep ? nchw : nhwc;
};

/** @param halfPrecision whether the GPU has it */
export const stepBesidePytorch = async (name: CaseName, plan: Plan, halfPrecision: boolean) => {
  const { rounds, script, steps } = plan;
  const batch = plan.batch ?? cases[name].batch;
  const step = [name, String(batch), String(steps)];
  const own: Precision[] = halfPrecision ? ["full", "mixed"] : ["full"];
  const ours: Record<Precision, Measured[]> = { full: [], mixed: [] };
  const theirs: Peer[][] = [];
  for (let round = 0; round < rounds; round++) {
    for (const precision of own) {
      const measure = [script("measure-step.js"), "step", ...step, "webgpu"];
      const environment = { MLPCONV_PRECISION: precision };
      ours[precision].push(await runJson<Measured>(process.execPath, measure, environment));
    }
    const peers = [];
    for (const precision of precisions) peers.push(await pytorch(plan, step, precision));
    theirs.push(peers);
  }
  const speed = (runs: Measured[]) => batch / median(runs.map(({ secondsPerStep }) => secondsPerStep));
  const onGpu = await runJson<object>(process.execPath, [script("measure-dispatches.js"), ...step]);
  return {
    case: name,
    size: cases[name].size,
    batch,
    imagesPerSecond: speed(ours.full),
    millisecondsPerStep: (batch / speed(ours.full)) * 1e3,
    ...(halfPrecision && { mixedImagesPerSecond: speed(ours.mixed) }),
    peers: precisions.map((precision, i) => ({
      precision,
      peer: theirs[0]![i]!.peer,
      layout: theirs[0]![i]!.layout,
      imagesPerSecond: speed(theirs.map((round) => round[i]!)),
      ratio: median(
        ours.full.map(({ secondsPerStep }, round) => theirs[round]![i]!.secondsPerStep / secondsPerStep),
      ),
    })),
    onGpu,
  };
};
