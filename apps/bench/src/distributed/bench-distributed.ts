// `bench distributed`: costs and speedup of training in several processes, and a model's predictions for many nodes.
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { scalingCurves, withTheme } from "@mlpconv/report";
import type { CaseName } from "../cases.js";
import { writeResults } from "../results.js";
import { nodeArguments, runJson } from "../run-json.js";
import { median } from "../statistics.js";
import type { MeasuredAllReduce } from "./measure-all-reduce.js";
import type { MeasuredScaling, ScalingTurn } from "./measure-scaling.js";
import type { MeasuredShards } from "./measure-shards.js";
import { findMpiRun, type MpiRun, oneThread, type Transport } from "./mpi-run.js";
import { EFFICIENT, fitLine, type NodeCosts, scaling, scalingLimits } from "./scaling-model.js";
import type { StepTime } from "./turns.js";

export interface DistributedOptions {
  /** Steps in a turn of a run, before the next run's turn. */
  steps: number;
  /** Turns of each run. */
  rounds: number;
  /** Number of sums of each length. */
  runs: number;
  /** Measures as little as possible, only to show that everything works. */
  quick: boolean;
}

/** Cases, with images for each process. */
const nets: readonly (readonly [CaseName, number])[] = [
  ["nin-96", 128],
  ["nin-224", 64],
];
const processes = 2;
const shardCounts = [1, 2, 4, 8, 16];
/** Numbers of floats; the first is so small that only the messages' latency counts. */
const lengths = [64, 2_000_000, 8_000_000, 46_000_000];
const transports: readonly Transport[] = ["shared memory", "TCP"];
const networks = [10, 100];
const globalBatches = [128, 1024, 8192];
const modelled: CaseName = "nin-224";

export const benchDistributed = async (options: DistributedOptions): Promise<void> => {
  const { steps, rounds, runs } = options.quick ? { steps: 1, rounds: 2, runs: 3 } : options;
  const mpi = findMpiRun();
  let library = "";
  const scalingRows = [];
  const shardRows = [];
  const models: Partial<Record<CaseName, ShardModel>> = {};
  for (const [name, batch] of nets) {
    const work = [name, String(batch), String(steps), String(rounds)];
    const measured = await mpi.run<MeasuredScaling>(processes, "measure-scaling.ts", work);
    ({ library } = measured);
    const row = scalingRow(name, batch, measured.turns);
    scalingRows.push(row);
    console.log(
      `${name} batch ${batch}: 1 process ${row.imagesPerSecond.toFixed(1)} images/s, ${processes} processes ${row.processesImagesPerSecond.toFixed(1)} (${row.speedup.toFixed(2)} times; CPU time ${row.cpuRatio.toFixed(2)}), ` +
        `as many images a process ${row.weakImagesPerSecond.toFixed(1)} (${row.weakSpeedup.toFixed(2)} times; CPU time ${row.weakCpuRatio.toFixed(2)})`,
    );
    const shards = await measureShards(name, work);
    models[name] = { ...shards, batch };
    for (const [i, shardRow] of shardRowsOf(name, batch, shards.turns).entries()) {
      shardRows.push(shardRow);
      console.log(
        `${name} batch ${batch}, ${shardCounts[i]} shards: ${(shardRow.seconds * 1000).toFixed(0)} ms, ${shardRow.ratio.toFixed(3)} times one shard; CPU time ${shardRow.cpuRatio.toFixed(3)}`,
      );
    }
  }
  const allReduce = await measureAllReduce(mpi, runs);
  for (const row of allReduce) console.log(describeAllReduce(row));

  const costs = nodeCosts(models[modelled]!, allReduce);
  const model = {
    case: modelled,
    threads: availableParallelism(),
    costs,
    ...computed(costs),
  };
  for (const { gigabitsPerSecond, batch, efficientNodes, fastestNodes } of model.limits)
    console.log(
      `computed: batch ${batch} at ${gigabitsPerSecond} Gb/s scales to ${efficientNodes} nodes and is fastest on ${fastestNodes}`,
    );
  if (options.quick) {
    console.log("not written to results/: measure without --quick");
    return;
  }
  const figures = { processes, bound: mpi.bound, library, steps, rounds, runs };
  const path = writeResults("distributed", "native", versionOf(library), {
    ...figures,
    scaling: scalingRows,
    shards: shardRows,
    allReduce,
    model,
  });
  await draw(path, model.curves);
  console.log(`written to ${path}`);
};

/** Library and version from its description: "Open MPI 4.1.4". */
const versionOf = (library: string): string =>
  library
    .match(/^(Open MPI|MPICH)\D*([\d.]+)/)
    ?.slice(1)
    .join(" ") ?? library;

const medianRatio = (ours: StepTime[], theirs: StepTime[], key: keyof StepTime): number =>
  median(ours.map((time, i) => time[key] / theirs[i]![key]));

const scalingRow = (name: CaseName, batch: number, turns: ScalingTurn[]) => {
  const times = (key: keyof ScalingTurn) => turns.map((turn) => turn[key]);
  const speed = (key: keyof ScalingTurn, images: number) =>
    images / median(times(key).map(({ seconds }) => seconds));
  return {
    case: name,
    batch,
    imagesPerSecond: speed("alone", batch),
    processesImagesPerSecond: speed("strong", batch),
    speedup: medianRatio(times("alone"), times("strong"), "seconds"),
    /** CPU time of all ranks divided by that of one process, for the same images. */
    cpuRatio: medianRatio(times("strong"), times("alone"), "cpuSeconds"),
    wholeImagesPerSecond: speed("aloneWhole", batch),
    weakImagesPerSecond: speed("weak", batch * processes),
    weakSpeedup: processes * medianRatio(times("aloneWhole"), times("weak"), "seconds"),
    weakCpuRatio: medianRatio(times("weak"), times("aloneWhole"), "cpuSeconds") / processes,
  };
};

interface MeasuredNode extends MeasuredShards {
  /** Seconds of a step with one shard on all threads. */
  allThreadsSeconds: number;
}
interface ShardModel extends MeasuredNode {
  batch: number;
}

const measureShards = async (name: CaseName, work: string[]): Promise<MeasuredNode> => {
  const measure = (shards: readonly number[], environment: Record<string, string>) =>
    runJson<MeasuredShards>(
      process.execPath,
      nodeArguments("distributed/measure-shards.ts", ...work, shards.join(",")),
      environment,
    );
  const measured = await measure(shardCounts, oneThread);
  if (name !== modelled) return { ...measured, allThreadsSeconds: Number.NaN };
  const { turns } = await measure([1], { MLPCONV_THREADS: String(availableParallelism()) });
  return { ...measured, allThreadsSeconds: median(turns[0]!.map(({ seconds }) => seconds)) };
};

const shardRowsOf = (name: CaseName, batch: number, turns: StepTime[][]) =>
  turns.map((times, i) => ({
    case: name,
    batch,
    shards: shardCounts[i]!,
    seconds: median(times.map(({ seconds }) => seconds)),
    cpuSeconds: median(times.map(({ cpuSeconds }) => cpuSeconds)),
    ratio: medianRatio(times, turns[0]!, "seconds"),
    cpuRatio: medianRatio(times, turns[0]!, "cpuSeconds"),
  }));

interface AllReduceRow extends MeasuredAllReduce {
  transport: Transport;
  /** Bytes of the array divided by the time of its sum. */
  gigabytesPerSecond: number;
}

const measureAllReduce = async (mpi: MpiRun, runs: number): Promise<AllReduceRow[]> => {
  const rows: AllReduceRow[] = [];
  for (const transport of transports) {
    const measured = await mpi.run<MeasuredAllReduce[]>(
      processes,
      "measure-all-reduce.ts",
      [String(runs), lengths.join(",")],
      transport,
    );
    for (const { floats, seconds } of measured)
      rows.push({ transport, floats, seconds, gigabytesPerSecond: (floats * 4) / seconds / 1e9 });
  }
  return rows;
};

const describeAllReduce = ({ transport, floats, seconds, gigabytesPerSecond }: AllReduceRow): string =>
  `sum of ${floats} floats over ${transport}: ${(seconds * 1000).toFixed(2)} ms, ${gigabytesPerSecond.toFixed(2)} GB/s`;

/** Costs of a node, which is this machine with all cores; the fixed cost of a shard was measured on one thread. */
const nodeCosts = (
  { batch, turns, parameters, allThreadsSeconds }: ShardModel,
  allReduce: readonly AllReduceRow[],
): NodeCosts => {
  const seconds = (times: StepTime[]) => median(times.map((time) => time.seconds));
  const [, perShard] = fitLine(turns.map((times, i) => [shardCounts[i]!, seconds(times)] as const));
  const secondsPerShard = Math.max(0, perShard);
  const over = (transport: Transport) => allReduce.filter((row) => row.transport === transport);
  const [, secondsPerFloat] = fitLine(
    over("shared memory").map(({ floats, seconds }) => [floats, seconds] as const),
  );
  return {
    secondsPerImage: (allThreadsSeconds - secondsPerShard) / batch,
    secondsPerShard,
    parameters,
    secondsPerFloat,
    // With two ranks, each sends one message in the exchange and one in the gather.
    secondsPerMessage: over("TCP")[0]!.seconds / 2,
  };
};

const computed = (costs: NodeCosts) => {
  const curves = networks.flatMap((gigabitsPerSecond) =>
    globalBatches.map((batch) => ({
      gigabitsPerSecond,
      batch,
      points: scaling(costs, gigabitsPerSecond, batch),
    })),
  );
  const limits = curves.map(({ points, ...of }) => ({ ...of, ...scalingLimits(points) }));
  return { limits, curves };
};

/** Draws two figures beside the file of rows. */
const draw = async (path: string, curves: ReturnType<typeof computed>["curves"]): Promise<void> => {
  const svg = scalingCurves("NiN at 224 px on many nodes: computed, not measured", curves, EFFICIENT);
  await writeFile(path.replace(/\.json$/, ".svg"), withTheme(svg, "light"));
  await writeFile(path.replace(/\.json$/, "-dark.svg"), withTheme(svg, "dark"));
};
