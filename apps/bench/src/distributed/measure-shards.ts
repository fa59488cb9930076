// Measures training steps in one process, each batch whole and cut into shards, in turns; prints one line of JSON.
// arguments: case, batch, steps a turn, turns, numbers of shards joined by commas
import { useEngine } from "@mlpconv/tensor";
import { type CaseName, cases } from "../cases.js";
import { openRun, type StepTime } from "./turns.js";

/** What the process prints. */
export interface MeasuredShards {
  /** Numbers in the model, and so in its gradients. */
  parameters: number;
  /** The turns of each number of shards, in the order of the arguments. */
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
  // Forwards and backwards, so that what becomes slower meanwhile does so for all alike.
  const order = turn % 2 ? [...runs.keys()].reverse() : runs.keys();
  for (const i of order) measured[i]!.push(await runs[i]!.turn(Number(steps)));
}
const model = cases[name].build();
console.log(JSON.stringify({ parameters: model.countParams(), turns: measured } satisfies MeasuredShards));
