// `bench step` and `bench predict`: measures each model's training step or inference alternately here and in PyTorch, under the same conditions.
import { fileURLToPath } from "node:url";
import { type CaseName, cases, stepsOf } from "./cases.js";
import { writeResults } from "./results.js";
import { nodeArguments, runJson } from "./run-json.js";
import { median } from "./statistics.js";

/** The measured work: forward, backward and update; or forward only. */
export type Work = "step" | "predict";

/** PyTorch's name of each precision. */
const peerPrecisions = { full: "fp32", mixed: "bf16" } as const;
export type Precision = keyof typeof peerPrecisions;
export const precisions = Object.keys(peerPrecisions) as Precision[];

export interface BesidePytorchOptions {
  cases: CaseName[];
  engine: string;
  /** Precision of our engine; PyTorch computes in float32 for full, and in bfloat16 by autocast for mixed. */
  precision: Precision;
  /** Images in a step; default: those of the case. */
  batch: number[];
  /** Steps in a round, after two for warming up; default: as many as suit the case and the batch. */
  steps?: number;
  /** Number of rounds, each with both implementations. */
  rounds: number;
  /** Whether to measure PyTorch too. */
  peers: boolean;
  /** A Python in which torch is installed. */
  python: string;
}

interface Measured {
  secondsPerStep: number;
  cpuSecondsPerStep: number;
  peakRssBytes: number;
}
interface Peer extends Measured {
  peer: string;
  threads: number;
  layout: string;
}

/** PyTorch in the faster of both memory layouts; each runs in its own process, so that peak memory is separate. */
const peer = async (python: string, plan: string[], precision: Precision): Promise<Peer> => {
  const script = fileURLToPath(new URL("../peers/pytorch.py", import.meta.url));
  const inLayout = (layout: string) =>
    runJson<Peer>(python, [script, ...plan, layout, "cpu", peerPrecisions[precision]]);
  const nchw = await inLayout("nchw");
  const nhwc = await inLayout("nhwc");
  return nchw.secondsPerStep < nhwc.secondsPerStep ? nchw : nhwc;
};

const measure = async (work: Work, name: CaseName, batch: number, options: BesidePytorchOptions) => {
  const { engine, precision, steps = stepsOf(name, batch), rounds, peers, python } = options;
  const plan = [work, name, String(batch), String(steps)];
  const ours: Measured[] = [];
  const theirs: Peer[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await runJson<Measured>(process.execPath, nodeArguments(`measure-${work}.ts`, ...plan, engine), {
        MLPCONV_PRECISION: precision,
      }),
    );
    if (peers) theirs.push(await peer(python, plan, precision));
  }
  const speed = (runs: Measured[]) => batch / median(runs.map((run) => run.secondsPerStep));
  const memory = (runs: Measured[]) => median(runs.map((run) => run.peakRssBytes));
  const cpuSeconds = (runs: Measured[]) => median(runs.map((run) => run.cpuSecondsPerStep));
  return {
    case: name,
    steps,
    size: cases[name].size,
    batch,
    engine,
    ...(precision !== "full" && { precision }),
    imagesPerSecond: speed(ours),
    cpuSecondsPerStep: cpuSeconds(ours),
    peakRssBytes: memory(ours),
    ...(theirs[0] && {
      peer: theirs[0].peer,
      peerThreads: theirs[0].threads,
      peerLayout: theirs[0].layout,
      peerImagesPerSecond: speed(theirs),
      peerCpuSecondsPerStep: cpuSeconds(theirs),
      peerPeakRssBytes: memory(theirs),
      cpuRatio: median(ours.map((run, i) => theirs[i]!.cpuSecondsPerStep / run.cpuSecondsPerStep)),
      ratio: median(ours.map((run, i) => theirs[i]!.secondsPerStep / run.secondsPerStep)),
    }),
  };
};
type Row = Awaited<ReturnType<typeof measure>>;

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const describe = (row: Row) =>
  `${row.case} batch ${row.batch}: ${row.engine} ${row.imagesPerSecond.toFixed(1)} images/s, ${mebibytes(row.peakRssBytes)}` +
  (row.peer
    ? `; ${row.peer} (${row.peerLayout}) ${row.peerImagesPerSecond!.toFixed(1)} images/s, ${mebibytes(row.peerPeakRssBytes!)}; ratio ${row.ratio!.toFixed(2)}, of CPU time ${row.cpuRatio!.toFixed(2)}`
    : "");

export const besidePytorch = async (work: Work, options: BesidePytorchOptions) => {
  const { cases: names, batch: batches, engine, precision, rounds } = options;
  const rows: Row[] = [];
  for (const name of names) {
    for (const batch of batches.length ? batches : [cases[name].batch]) {
      const row = await measure(work, name, batch, options);
      rows.push(row);
      console.log(describe(row));
    }
  }
  const what = precision === "full" ? engine : `${precision}-${engine}`;
  console.log(`written to ${writeResults(work, what, rows[0]?.peer, { rounds, rows })}`);
};
