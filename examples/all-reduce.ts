// Sums the arrays of several processes on one machine or many: `mpirun -n 2 node --import tsx all-reduce.ts`.
import { describeGroup, openGroup } from "@mlpconv/mpi";

const group = await openGroup({ alone: true });
if (group.rank === 0) console.log(describeGroup(group));

// Each process adds up one part of the array, in the order of ranks, so that all have the same bits on any network.
const { rank, size } = group;
const length = 3;
const part = Math.ceil(length / size);
const values = new Float32Array(part * size);
for (let i = 0; i < length; i++) values[i] = (i + 1) * (rank + 1);

const received = new Float32Array(part * size);
await group.exchange(values, received);
const sum = new Float32Array(part);
for (let from = 0; from < size; from++) for (let i = 0; i < part; i++) sum[i]! += received[from * part + i]!;

const sums = new Float32Array(part * size);
await group.gather(sum, sums);
if (rank === 0) console.log(`sum of ${size} arrays: ${sums.subarray(0, length).join(", ")}`);
await group.close();
