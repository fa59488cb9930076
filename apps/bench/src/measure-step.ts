// Measures training steps of one case in this process; prints one line of JSON.
// arguments: the word "step", case, batch, steps, engine
import { type EngineName, useEngine } from "@mlpconv/tensor";
import { type CaseName, cases } from "./cases.js";
import { cpuSecondsSince, median } from "./statistics.js";
import { trainSteps } from "./train-steps.js";

const WARM_UP = 2;

const [, name, batch, steps, engine] = process.argv.slice(2) as [
  string,
  CaseName,
  string,
  string,
  EngineName,
];
await useEngine(engine);

const seconds: number[] = [];
const cpuSeconds: number[] = [];
let before = process.cpuUsage();
for await (const one of trainSteps(cases[name], Number(batch), Number(steps) + WARM_UP)) {
  seconds.push(one);
  cpuSeconds.push(cpuSecondsSince(before));
  before = process.cpuUsage();
}
console.log(
  JSON.stringify({
    secondsPerStep: median(seconds.slice(WARM_UP)),
    cpuSecondsPerStep: median(cpuSeconds.slice(WARM_UP)),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
