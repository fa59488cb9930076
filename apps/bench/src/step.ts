// `bench step`: whole training steps of each net, ours and PyTorch's in turn, so that both see the same machine.
import { fileURLToPath } from "node:url";
import { type CaseName, cases } from "./cases.js";
import { writeResults } from "./results.js";
import { nodeArguments, runJson } from "./run-json.js";
import { median } from "./statistics.js";

export interface StepOptions {
  cases: CaseName[];
  engine: string;
  /** Images a step; default: as the case says. */
  batch?: number;
  /** Steps a round, after two that do not count. */
  steps: number;
  /** How often ours and the peer take turns. */
  rounds: number;
  /** Measure PyTorch too. */
  peers: boolean;
  /** The Python that has torch. */
  python: string;
}

interface Measured {
  secondsPerStep: number;
  peakRssBytes: number;
}
interface Peer extends Measured {
  peer: string;
  threads: number;
  layout: string;
}

export const benchStep = async ({
  cases: names,
  engine,
  batch: asked,
  steps,
  rounds,
  peers,
  python,
}: StepOptions) => {
  const rows = [];
  let peerName: string | undefined;
  for (const name of names) {
    const { size, batch: usual } = cases[name];
    const batch = asked ?? usual;
    const ours: Measured[] = [];
    const theirs: Peer[] = [];
    for (let round = 0; round < rounds; round++) {
      const plan = [name, String(batch), String(steps)];
      ours.push(await runJson<Measured>(process.execPath, nodeArguments("measure-step.ts", ...plan, engine)));
      if (peers)
        theirs.push(
          await runJson<Peer>(python, [
            fileURLToPath(new URL("../peers/pytorch.py", import.meta.url)),
            ...plan,
          ]),
        );
    }
    const speed = (runs: Measured[]) => batch / median(runs.map((run) => run.secondsPerStep));
    const memory = (runs: Measured[]) => median(runs.map((run) => run.peakRssBytes));
    const row = {
      case: name,
      size,
      batch,
      engine,
      imagesPerSecond: speed(ours),
      peakRssBytes: memory(ours),
      ...(theirs[0] && {
        peer: theirs[0].peer,
        peerThreads: theirs[0].threads,
        peerLayout: theirs[0].layout,
        peerImagesPerSecond: speed(theirs),
        peerPeakRssBytes: memory(theirs),
        ratio: median(ours.map((run, i) => theirs[i]!.secondsPerStep / run.secondsPerStep)),
      }),
    };
    peerName = theirs[0]?.peer;
    rows.push(row);
    console.log(describe(row));
  }
  console.log(`written to ${writeResults("step", engine, peerName, { steps, rounds, rows })}`);
};

const describe = (row: {
  case: string;
  batch: number;
  engine: string;
  imagesPerSecond: number;
  peakRssBytes: number;
  peer?: string;
  peerImagesPerSecond?: number;
  ratio?: number;
}) =>
  `${row.case} batch ${row.batch}: ${row.engine} ${row.imagesPerSecond.toFixed(1)} images/s, ${(row.peakRssBytes / 2 ** 20).toFixed(0)} MiB` +
  (row.peer
    ? `; ${row.peer} ${row.peerImagesPerSecond!.toFixed(1)} images/s; ratio ${row.ratio!.toFixed(2)}`
    : "");
