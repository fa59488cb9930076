// Measures the sum of arrays over all ranks, as training does it; rank 0 prints one line of JSON.
// arguments: runs, numbers of floats joined by commas
import { openGroup } from "@mlpconv/mpi";
import { sumOverRanks } from "@mlpconv/trainer";
import { median } from "../statistics.js";

/** Measured sums of arrays of one length. */
export interface MeasuredAllReduce {
  floats: number;
  seconds: number;
}

const WARM_UP = 2;

const [runs, lengths] = process.argv.slice(2) as [string, string];
const group = await openGroup();
const measured: MeasuredAllReduce[] = [];
for (const floats of lengths.split(",").map(Number)) {
  const values = new Float32Array(Math.ceil(floats / group.size) * group.size).fill(group.rank + 1);
  const [received, sums] = [new Float32Array(values.length), new Float32Array(values.length)];
  const expected = (group.size * (group.size + 1)) / 2;
  const seconds: number[] = [];
  for (let run = 0; run < WARM_UP + Number(runs); run++) {
    await group.barrier();
    const from = performance.now();
    await sumOverRanks(group, values, received, sums);
    seconds.push((performance.now() - from) / 1000);
    for (const at of [0, sums.length - 1])
      if (sums[at] !== expected) throw new Error(`bench: expected sums of ${expected}, got ${sums[at]}`);
  }
  measured.push({ floats, seconds: median(seconds.slice(WARM_UP)) });
}
if (group.rank === 0) console.log(JSON.stringify(measured));
await group.close();
