// Counts dead channels of a run in the working directory's folder of runs; prints one line of JSON.
// arguments: the run's name, the data set's folder
import { fashionMnist } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import { countDead } from "../recipe/count-dead.js";

const [name, root] = process.argv.slice(2) as [string, string];
await useEngine("webgpu");
console.log(JSON.stringify(await countDead(name, await fashionMnist({ root }))));
// Dawn would keep the process alive.
process.exit(0);
