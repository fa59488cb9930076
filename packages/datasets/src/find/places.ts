// What a search for a data set is asked for, where it looks and what it tells.

import type { LoadEvent } from "../dataset.js";
import type { PublishedSet } from "../sets/data-set.js";
import type { AptCommands } from "./apt.js";
import type { TimeLimits } from "./fetch-file.js";

export interface Request {
  root: string | undefined;
  download: boolean;
  signal: AbortSignal;
  onEvent: (event: LoadEvent) => void;
}

export interface Places {
  /** What is looked for. */
  set: PublishedSet;
  /** What MLPCONV_DATA says. */
  environment: string | undefined;
  cache: string | undefined;
  /** The folder that a Debian package of it fills. */
  system: string | undefined;
  /** URLs of folders that have what is downloaded. */
  mirrors: readonly string[];
  apt: AptCommands | undefined;
  /** Milliseconds; `command` is for each run of apt, `stale` until a killed process's lock is taken over. */
  limits: TimeLimits & { command: number; stale: number };
}

/** A place that did not have the data, and why. */
export interface Failure {
  place: string;
  reason: string;
}
