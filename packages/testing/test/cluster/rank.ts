// One process of a group, for the tests of clusters: says who it is, then exchanges numbers until it has done STEPS of them, or for ever.
import { openGroup } from "@mlpconv/mpi";

const steps = Number(process.env.STEPS ?? Number.POSITIVE_INFINITY);
const group = await openGroup({ patience: Number(process.env.PATIENCE ?? 20_000) });
let stop = false;
process.on("SIGUSR1", () => {
  stop = true;
});

const { host } = group.ranks[group.rank]!;
const library = group.library?.version.replace(/ v?\d.*/, "");
console.log(`rank ${group.rank} of ${group.size} on ${host}, ${library}`);
for (let step = 0; step < steps; step++) {
  const all = new Float32Array(2 * group.size);
  await group.gather(Float32Array.of(group.rank, stop ? 1 : 0), all);
  for (let i = 0; i < group.size; i++)
    if (all[2 * i] !== i) throw new Error(`expected ${i} from rank ${i}, got ${all[2 * i]}`);
  // All see the same flags, so all stop after the same step.
  if (all.some((flag, i) => i % 2 === 1 && flag === 1)) {
    console.log(`rank ${group.rank} stopped`);
    break;
  }
  if (step === 10 && group.rank === 0) console.log("ten steps");
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await group.close();
console.log(`rank ${group.rank} done`);
