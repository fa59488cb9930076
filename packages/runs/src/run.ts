// A run, as read from its folder: configuration, events and results.
import type { LoggedEvent } from "@mlpconv/trainer";
import type { Analysis } from "./files/analysis.js";
import type { RunConfig } from "./files/config.js";
import type { Evaluation } from "./files/evaluation.js";
import type { Summary } from "./files/summary.js";

/** Contents of a run folder. */
export interface Run {
  /** Name of the folder. */
  name: string;
  /** Contents of config.json. */
  config: RunConfig;
  /** Events so far. */
  events: LoggedEvent[];
  /** Contents of summary.json; absent until the run ends. */
  summary?: Summary | undefined;
  /** Contents of evaluation.json; absent until `evaluate` or `report` wrote it. */
  evaluation?: Evaluation | undefined;
  /** Contents of analysis.json; absent until `report` wrote it. */
  analysis?: Analysis | undefined;
}

/** Whether training is complete: neither interrupted nor in progress. */
export const isFinished = ({ summary }: Pick<Run, "summary">): boolean =>
  summary !== undefined && !summary.interrupted;
