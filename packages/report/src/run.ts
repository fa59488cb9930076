// A run as its folder tells it: what was asked for, what happened, what came of it.
import type { LoggedEvent } from "@mlpconv/trainer";
import type { Summary } from "@mlpconv/trainer/node";
import type { Evaluation } from "./evaluation.js";
import type { Insights } from "./insights.js";

/** config.json. Whatever else is in it is kept. */
export interface RunConfig {
  model: string;
  dataset: string;
  /** Of the images and labels; runs made before it was recorded have none. */
  dataSha256?: string | undefined;
  preset?: string | undefined;
  seed?: number | undefined;
  /** Pixels on a side of what the net sees. */
  resize?: number | undefined;
  [key: string]: unknown;
}

export interface Run {
  /** The folder's name. */
  name: string;
  config: RunConfig;
  /** Of a run that goes on, what has happened so far. */
  events: LoggedEvent[];
  /** Absent until the run ends. */
  summary?: Summary | undefined;
  evaluation?: Evaluation | undefined;
  insights?: Insights | undefined;
}

/** The figures of a run, of one that still goes on too: then those of its last epoch. */
export interface RunFigures {
  state: "finished" | "interrupted" | "unfinished";
  /** Trained and tested. */
  epochs: number;
  /** Training images in an epoch. */
  examples?: number | undefined;
  parameters?: number | undefined;
  /** Running mean of the last epoch. Null when it was no number: training diverged. */
  loss?: number | null | undefined;
  trainAccuracy?: number | undefined;
  testAccuracy?: number | undefined;
  /** In training. */
  examplesPerSecond?: number | undefined;
  seconds?: number | undefined;
  peakRssBytes?: number | undefined;
}

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
