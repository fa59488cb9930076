// A run as its folder tells it: what was asked for, what happened, what came of it.
import type { LoggedEvent } from "@mlpconv/trainer";
import type { Evaluation, Insights, RunConfig, Summary } from "@mlpconv/trainer/run-files";

export type { RunConfig };

/** A run folder, read. */
export interface Run {
  /** The folder's name. */
  name: string;
  /** What was asked for. */
  config: RunConfig;
  /** Of a run that goes on, what has happened so far. */
  events: LoggedEvent[];
  /** Absent until the run ends. */
  summary?: Summary | undefined;
  /** Absent until `evaluate` or `report` made it. */
  evaluation?: Evaluation | undefined;
  /** What only the trained net can tell; absent until `report` made it. */
  insights?: Insights | undefined;
}

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
  /** In training. */
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
