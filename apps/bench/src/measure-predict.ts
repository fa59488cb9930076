// Measures inference of one case in this process, on images in memory; prints one line of JSON.
// arguments: the word "predict", case, batch, runs, engine
import { type EngineName, stream, tf, useEngine } from "@mlpconv/tensor";
import { type CaseName, cases } from "./cases.js";
import { cpuSecondsSince, median } from "./statistics.js";

const WARM_UP = 2;

const [, name, batchText, runsText, engineName] = process.argv.slice(2) as [
  string,
  CaseName,
  string,
  string,
  EngineName,
];
const batch = Number(batchText);
const { build, size } = cases[name];
await useEngine(engineName);

const model = build();
const x = tf.tensor4d(stream(0, "pixels").uniform(batch * size * size), [batch, size, size, 1]);
const seconds: number[] = [];
const cpuSeconds: number[] = [];
for (let run = 0; run < WARM_UP + Number(runsText); run++) {
  const [from, before] = [performance.now(), process.cpuUsage()];
  const logits = model.predict(x, { batchSize: batch }) as tf.Tensor2D;
  await logits.data();
  seconds.push((performance.now() - from) / 1000);
  cpuSeconds.push(cpuSecondsSince(before));
  logits.dispose();
}
console.log(
  JSON.stringify({
    secondsPerStep: median(seconds.slice(WARM_UP)),
    cpuSecondsPerStep: median(cpuSeconds.slice(WARM_UP)),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
