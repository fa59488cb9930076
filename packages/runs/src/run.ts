// A run as its folder tells it: what was asked for, what happened, what came of it.
import type { LoggedEvent } from "@mlpconv/trainer";
import type { Analysis } from "./files/analysis.js";
import type { RunConfig } from "./files/config.js";
import type { Evaluation } from "./files/evaluation.js";
import type { Summary } from "./files/summary.js";

/** A run folder, read. */
export interface Run {
  /** The folder's name. */
  name: string;
  /** What was asked for. */
  config: RunConfig;
  /** The log; for a run in progress, as far as it goes. */
  events: LoggedEvent[];
  /** Absent until the run ends. */
  summary?: Summary | undefined;
  /** Absent until `evaluate` or `report` made it. */
  evaluation?: Evaluation | undefined;
  /** What only the trained net can tell; absent until `report` made it. */
  analysis?: Analysis | undefined;
}

/** Whether training came to its end: not stopped, not still going on. */
export const isFinished = ({ summary }: Pick<Run, "summary">): boolean =>
  summary !== undefined && !summary.interrupted;
