// Measures training steps of one case on the GPU in this process; prints one line of JSON.
// arguments: case, batch, steps
import { tf } from "@mlpconv/tensor";
import { type CaseName, cases } from "../cases.js";
import { median } from "../statistics.js";
import { trainSteps } from "../train-steps.js";
import { openBackend } from "./device.js";
import { timeDispatches } from "./dispatch-times.js";

const WARM_UP = 5;
/** Steps that the programs keep in flight. */
const MAX_IN_FLIGHT = 4;

const [name, batchText, stepsText] = process.argv.slice(2) as [CaseName, string, string];
const [batch, steps] = [Number(batchText), Number(stepsText)];
const backend = await openBackend();

const tuning = { seconds: 0 };
const tune = backend.tune.bind(backend);
backend.tune = async () => {
  const began = performance.now();
  await tune();
  tuning.seconds += (performance.now() - began) / 1000;
};

/** Median seconds of a step, and those of the warm-up steps, which compile, tune and record. */
const measure = async (maxInFlight: number) => {
  const seconds: number[] = [];
  const began = performance.now();
  let warm = began;
  for await (const one of trainSteps(cases[name], batch, WARM_UP + steps, { maxInFlight })) {
    if (seconds.push(one) === WARM_UP) warm = performance.now();
  }
  return { secondsPerStep: median(seconds.slice(WARM_UP)), warmUpSeconds: (warm - began) / 1000 };
};
const waiting = await measure(0);
const inFlight = await measure(MAX_IN_FLIGHT);

const times = timeDispatches(backend.device);
const perStep: number[] = [];
const kernels = new Map<string, { dispatches: number; seconds: number }>();
let step = 0;
for await (const _ of trainSteps(cases[name], batch, WARM_UP + steps)) {
  backend.send();
  const taken = await times();
  if (++step <= WARM_UP) continue;
  perStep.push(taken.reduce((sum, { seconds }) => sum + seconds, 0));
  for (const { label, seconds } of taken) {
    const so = kernels.get(label) ?? { dispatches: 0, seconds: 0 };
    kernels.set(label, { dispatches: so.dispatches + 1, seconds: so.seconds + seconds });
  }
}
const rows = [...kernels]
  .map(([kernel, { dispatches, seconds }]) => ({
    kernel,
    dispatches: dispatches / steps,
    milliseconds: (seconds / steps) * 1e3,
  }))
  .sort((a, b) => b.milliseconds - a.milliseconds);
console.log(
  JSON.stringify({
    secondsPerStep: waiting.secondsPerStep,
    secondsPerStepAhead: inFlight.secondsPerStep,
    warmUpSeconds: waiting.warmUpSeconds,
    tuningSeconds: tuning.seconds,
    gpuMilliseconds: median(perStep) * 1e3,
    gpuBytes: (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU,
    kernels: rows,
    tiles: backend.tiles.measured,
  }),
);
// Dawn would keep the process alive.
process.exit(0);
