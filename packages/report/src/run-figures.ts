// The figures of a run.
import type { Run } from "@mlpconv/runs";

/** The figures of a run, of one that still goes on too: then those of its last epoch. */
export interface RunFigures {
  /** "unfinished" also of a run that still goes on. */
  state: "finished" | "interrupted" | "unfinished";
  /** Trained and tested. */
  epochs: number;
  /** Training images in an epoch. */
  examples?: number | undefined;
  /** Trainable numbers. */
  parameters?: number | undefined;
  /** Running mean of the last epoch. Null when it was no number: training diverged. */
  loss?: number | null | undefined;
  /** Running mean of the last epoch, 0 to 1. */
  trainAccuracy?: number | undefined;
  /** Share of the test images classified right, 0 to 1. */
  testAccuracy?: number | undefined;
  /** Training speed. */
  examplesPerSecond?: number | undefined;
  /** Wall clock, evaluation included. */
  seconds?: number | undefined;
  /** The largest resident memory of the process. */
  peakRssBytes?: number | undefined;
}

/** The figures of a run from its summary, or until there is one from its last epoch. */
export const runFigures = ({ events, summary }: Run): RunFigures => {
  const start = events.find((event) => event.type === "start");
  const last = events.findLast((event) => event.type === "epoch");
  const { loss, trainAccuracy, examplesPerSecond, seconds } = summary ?? last ?? {};
  return {
    state: summary === undefined ? "unfinished" : summary.interrupted ? "interrupted" : "finished",
    epochs: last?.epoch ?? 0,
    examples: start?.examples,
    parameters: summary?.parameters ?? start?.parameters,
    loss,
    trainAccuracy,
    testAccuracy: (summary ? summary.testAccuracy : last?.testAccuracy) ?? undefined,
    examplesPerSecond,
    seconds,
    peakRssBytes: summary?.peakRssBytes,
  };
};
