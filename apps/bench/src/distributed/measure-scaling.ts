// Measures training steps of one process and of the whole group alternately; rank 0 prints one line of JSON.
// arguments: case, images a process, steps a turn, turns
import { openGroup } from "@mlpconv/mpi";
import { useEngine } from "@mlpconv/tensor";
import { gatherJson } from "@mlpconv/trainer";
import type { CaseName } from "../cases.js";
import { openRun, type StepTime } from "./turns.js";

/** One turn of each run: a group's time is rank 0's, its CPU time that of all ranks. */
export interface ScalingTurn {
  /** One process, with the batch in as many shards as the group has processes. */
  alone: StepTime;
  /** The group, the same batch. */
  strong: StepTime;
  /** One process, with the batch in one piece. */
  aloneWhole: StepTime;
  /** The group, with as many images for each process as one process has alone. */
  weak: StepTime;
}

/** Output of rank 0. */
export interface MeasuredScaling {
  /** The MPI library and its version. */
  library: string;
  turns: ScalingTurn[];
}

const WARM_UP = 2;

const [name, batchText, steps, turns] = process.argv.slice(2) as [CaseName, string, string, string];
const batch = Number(batchText);
await useEngine("native");
const group = await openGroup();
const { rank, size: shards } = group;

const total = WARM_UP + Number(steps) * Number(turns);
// Opened only by rank 0, for whose turns the others wait.
const alone = rank === 0 ? openRun(name, batch, total, { shards }) : undefined;
const aloneWhole = rank === 0 ? openRun(name, batch, total) : undefined;
const strong = openRun(name, batch, total, { group, shards });
const weak = openRun(name, batch * shards, total, { group, shards });

const turn = async (count: number): Promise<Record<keyof ScalingTurn, StepTime | undefined>> => {
  const times = { alone: await alone?.turn(count), strong: await together(strong, count) };
  return { ...times, aloneWhole: await aloneWhole?.turn(count), weak: await together(weak, count) };
};
const together = async (run: typeof strong, count: number): Promise<StepTime> => {
  await group.barrier();
  return run.turn(count);
};

await turn(WARM_UP);
const mine: Awaited<ReturnType<typeof turn>>[] = [];
for (let i = 0; i < Number(turns); i++) mine.push(await turn(Number(steps)));

const all = await gatherJson(group, mine);
const ofAllRanks = (key: "strong" | "weak", i: number): StepTime => ({
  seconds: mine[i]![key]!.seconds,
  cpuSeconds: all.reduce((sum, ranks) => sum + ranks[i]![key]!.cpuSeconds, 0),
});
if (rank === 0)
  console.log(
    JSON.stringify({
      library: group.library?.version ?? "no library",
      turns: mine.map((times, i) => ({
        alone: times.alone!,
        strong: ofAllRanks("strong", i),
        aloneWhole: times.aloneWhole!,
        weak: ofAllRanks("weak", i),
      })),
    } satisfies MeasuredScaling),
  );
await group.close();
