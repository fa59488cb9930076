// The figures of a run, from its summary or its events.
import type { Run } from "@mlpconv/runs";

/** The figures of a run; for a run in progress, those of its last epoch. */
export interface RunFigures {
  /** "unfinished" includes a run in progress. */
  state: "finished" | "interrupted" | "unfinished";
  /** Number of epochs that were trained and tested. */
  epochs: number;
  /** Training images in an epoch. */
  examples?: number | undefined;
  /** Number of trainable values. */
  parameters?: number | undefined;
  /** Running mean of the loss in the last epoch, in nats; null if it was not finite, when training diverged. */
  loss?: number | null | undefined;
  /** Running mean of the training accuracy in the last epoch, 0 to 1. */
  trainAccuracy?: number | undefined;
  /** Share of the test images classified right, 0 to 1. */
  testAccuracy?: number | undefined;
  /** Share of the held-out images classified right, 0 to 1; absent where there are none. */
  validationAccuracy?: number | undefined;
  /** Training speed in images a second. */
  examplesPerSecond?: number | undefined;
  /** Wall-clock time, including evaluation. */
  seconds?: number | undefined;
  /** The largest resident memory of the process, in bytes. */
  peakRssBytes?: number | undefined;
}

/** The figures of a run from its summary or, if there is none yet, from its last epoch. */
export const runFigures = ({ events, summary }: Run): RunFigures => {
  const start = events.find((event) => event.type === "start");
  const last = events.findLast((event) => event.type === "epoch");
  const { loss, trainAccuracy, validationAccuracy, examplesPerSecond, seconds } = summary ?? last ?? {};
  return {
    state: summary === undefined ? "unfinished" : summary.interrupted ? "interrupted" : "finished",
    epochs: last?.epoch ?? 0,
    examples: start?.examples,
    parameters: summary?.parameters ?? start?.parameters,
    loss,
    trainAccuracy,
    testAccuracy: (summary ? summary.testAccuracy : last?.testAccuracy) ?? undefined,
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    examplesPerSecond,
    seconds,
    peakRssBytes: summary?.peakRssBytes,
  };
};
