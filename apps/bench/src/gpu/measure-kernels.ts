// Measures the GPU's peak speeds and NiN's convolutions in this process; prints one line of JSON.
// arguments: batch, runs, "smoke" for ceilings on tiny inputs
import { tf } from "@mlpconv/tensor";
import { type Direction, SHAPES, type Timed, timeConvolution } from "../convolutions.js";
import { median } from "../statistics.js";
import { measureCeilings } from "./ceilings.js";
import { openBackend } from "./device.js";
import { timeDispatches } from "./dispatch-times.js";

const [batch, runs, smoke] = process.argv.slice(2) as [string, string, string?];
const backend = await openBackend();

/** Directions that training computes: the first layer needs no gradient with respect to its input. */
const trained = ({ from }: (typeof SHAPES)[number]): Direction[] =>
  from === 1 ? ["forward", "gradFilter"] : ["forward", "gradInput", "gradFilter"];

// Runs everything once, so that the engine records what it can tune; tuned before dispatches are timed, because it makes more than can be timed at once.
const once: Timed<object> = async (_direction, _geometry, _gflop, _gigabytes, body) => {
  tf.dispose(body());
  return {};
};
for (const shape of SHAPES) await timeConvolution(shape, Number(batch), once, trained(shape));
await backend.tune();
backend.send();

const times = timeDispatches(backend.device);
const ceilings = await measureCeilings(backend.device, times, smoke !== undefined);

interface Figures {
  direction: string;
  milliseconds: number;
  gflops: number;
  /** Shares of the peak speeds. */
  ofPeak: number;
  ofBandwidth: number;
}

/** Milliseconds of warming up: compiling, uploading, and raising the clock of a GPU that waited for random numbers from the host. */
const WARM_UP_MS = smoke ? 0 : 200;

const onGpu: Timed<Figures> = async (direction, _geometry, gflop, gigabytes, body) => {
  const once = async (): Promise<number> => {
    const result = body();
    backend.send();
    const taken = await times();
    tf.dispose(result);
    return taken.reduce((sum, { seconds }) => sum + seconds, 0);
  };
  const warm = performance.now() + WARM_UP_MS;
  do await once();
  while (performance.now() < warm);
  const each: number[] = [];
  for (let run = 0; run < Number(runs); run++) each.push(await once());
  const seconds = median(each);
  return {
    direction,
    milliseconds: seconds * 1e3,
    gflops: gflop / seconds,
    ofPeak: gflop / seconds / ceilings.gflops,
    ofBandwidth: gigabytes / seconds / ceilings.gigabytesPerSecond,
  };
};

const rows = [];
for (const shape of SHAPES)
  rows.push(...(await timeConvolution(shape, Number(batch), onGpu, trained(shape))));
console.log(JSON.stringify({ ceilings, rows }));
process.exit(0);
