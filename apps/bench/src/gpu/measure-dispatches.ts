// Measures where a training step's time goes on the GPU, kernel by kernel, in this process; prints one line of JSON.
// arguments: case, batch, steps
import { type CaseName, cases } from "../cases.js";
import { median } from "../statistics.js";
import { trainSteps } from "../train-steps.js";
import { openBackend } from "./device.js";
import { timeDispatches } from "./dispatch-times.js";

const WARM_UP = 2;

const [name, batch, stepsText] = process.argv.slice(2) as [CaseName, string, string];
const steps = Number(stepsText);
const backend = await openBackend();
const times = timeDispatches(backend.device);

const perStep: number[] = [];
const kernels = new Map<string, { dispatches: number; seconds: number }>();
let step = 0;
for await (const _ of trainSteps(cases[name], Number(batch), WARM_UP + steps)) {
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
console.log(JSON.stringify({ milliseconds: median(perStep) * 1e3, kernels: rows }));
