// Measures NiN's convolutions on one engine in this process; prints one line of JSON. arguments: engine, batch, runs, number of layers
import { type EngineName, useEngine } from "@mlpconv/tensor";
import { SHAPES, timeConvolution } from "../convolutions.js";
import { plain } from "../kernels.js";

const [engine, batch, runs, layers] = process.argv.slice(2) as [EngineName, string, string, string];
await useEngine(engine);
const rows = [];
for (const shape of SHAPES.slice(0, Number(layers)))
  rows.push(...(await timeConvolution(shape, Number(batch), plain(Number(runs)))));
console.log(JSON.stringify(rows));
process.exit(0);
