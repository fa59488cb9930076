// Measures training steps of one case in this process, on data that are already there; prints one line of JSON.
// arguments: the word "step", case, batch, steps, engine
import type { Batch, Loader } from "@mlpconv/datasets";
import { type EngineName, stream, tf, useEngine } from "@mlpconv/tensor";
import { sgd, train } from "@mlpconv/trainer";
import { type CaseName, cases } from "./cases.js";
import { median } from "./statistics.js";

const WARM_UP = 2;

const [, name, batchText, stepsText, engineName] = process.argv.slice(2) as [
  string,
  CaseName,
  string,
  string,
  EngineName,
];
const [batch, steps] = [Number(batchText), Number(stepsText) + WARM_UP];
const { build, size } = cases[name];
await useEngine(engineName);

const pixels = stream(0, "pixels").uniform(batch * size * size);
const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
async function* epoch(): AsyncGenerator<Batch> {
  for (let i = 0; i < steps; i++)
    yield { x: tf.tensor4d(pixels, [batch, size, size, 1]), y: tf.tensor1d(labels) };
}
const loader: Loader = {
  batches: steps,
  examples: steps * batch,
  batchSize: batch,
  epoch,
  [Symbol.asyncIterator]: epoch,
};

const seconds: number[] = [];
let before = 0;
for await (const event of train(build(), {
  train: loader,
  optimizer: sgd({ learningRate: 0.01 }),
  epochs: 1,
})) {
  if (event.type !== "step") continue;
  // The clock of train() runs in the step alone, as the peer's does; its mean tells how long all steps so far took.
  const sum = (event.stepInEpoch * batch) / event.examplesPerSecond;
  if (event.stepInEpoch > WARM_UP) seconds.push(sum - before);
  before = sum;
}
console.log(
  JSON.stringify({ secondsPerStep: median(seconds), peakRssBytes: process.resourceUsage().maxRSS * 1024 }),
);
