// Measures training steps in one process, alternately with whole batches and with shards; prints one line of JSON.
// arguments: case, batch, steps a turn, turns, numbers of shards joined by commas
import { useEngine } from "@mlpconv/tensor";
import { type CaseName, cases } from "../cases.js";
import { openRun, type StepTime } from "./turns.js";

/** Output of the process. */
export interface MeasuredShards {
  /** Number of values in the model's parameters, and so in its gradients. */
  parameters: number;
  /** Turns for each number of shards, in the order of the arguments. */
  turns: StepTime[][];
}

const WARM_UP = 2;

const [name, batch, steps, turns, shards] = process.argv.slice(2) as [
  CaseName,
  string,
  string,
  string,
  string,
];
await useEngine("native");

const total = WARM_UP + Number(steps) * Number(turns);
const runs = shards.split(",").map((count) => openRun(name, Number(batch), total, { shards: Number(count) }));
for (const run of runs) await run.turn(WARM_UP);
const measured: StepTime[][] = runs.map(() => []);
for (let turn = 0; turn < Number(turns); turn++) {
  // The order alternates, so that a gradual slowdown affects all alike.
  const order = turn % 2 ? [...runs.keys()].reverse() : runs.keys();
  for (const i of order) measured[i]!.push(await runs[i]!.turn(Number(steps)));
}
const model = cases[name].build();
console.log(JSON.stringify({ parameters: model.countParams(), turns: measured } satisfies MeasuredShards));
