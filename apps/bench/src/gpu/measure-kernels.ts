// Measures the GPU's ceilings and NiN's convolutions beside them, in this process; prints one line of JSON.
// arguments: batch, runs, "small" where ceilings need not be true
import { tf } from "@mlpconv/tensor";
import { SHAPES, type Timed, timeConvolution } from "../convolutions.js";
import { median } from "../statistics.js";
import { measureCeilings } from "./ceilings.js";
import { openBackend } from "./device.js";
import { timeDispatches } from "./dispatch-times.js";

const [batch, runs, small] = process.argv.slice(2) as [string, string, string?];
const backend = await openBackend();
const times = timeDispatches(backend.device);
const ceilings = await measureCeilings(backend.device, times, small !== undefined);

interface Figures {
  direction: string;
  milliseconds: number;
  gflops: number;
  /** Shares of the ceilings. */
  ofPeak: number;
  ofBandwidth: number;
}

const onGpu: Timed<Figures> = async (direction, _geometry, gflop, gigabytes, body) => {
  const runsSeconds: number[] = [];
  for (let run = 0; run <= Number(runs); run++) {
    const result = body();
    backend.send();
    // The first one uploads and compiles, which is not among a dispatch's timestamps; what it wrote to was never touched before.
    const seconds = (await times()).reduce((sum, each) => sum + each.seconds, 0);
    if (run > 0) runsSeconds.push(seconds);
    tf.dispose(result);
  }
  const seconds = median(runsSeconds);
  return {
    direction,
    milliseconds: seconds * 1e3,
    gflops: gflop / seconds,
    ofPeak: gflop / seconds / ceilings.gflops,
    ofBandwidth: gigabytes / seconds / ceilings.gigabytesPerSecond,
  };
};

const rows = [];
for (const shape of SHAPES) rows.push(...(await timeConvolution(shape, Number(batch), onGpu)));
console.log(JSON.stringify({ ceilings, rows }));
