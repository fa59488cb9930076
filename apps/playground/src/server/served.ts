// What the page can fetch beside its own files: `data/` and `run/`, from the program or from a folder of static files. Types alone, for the
// page and for those who write the files.
import type { DatasetInfo } from "@mlpconv/datasets";
import type { WeightsName } from "@mlpconv/runs";
import type { LoggedEvent } from "@mlpconv/trainer";

/**
 * `data/data.json`: a data set of four IDX files. Where there is none, the built page has a file that says `null`, and the program answers with
 * status 404 and a `Refusal` that says why.
 */
export interface ServedData extends DatasetInfo {
  /** Where the images are from, in words. */
  source: string;
  /** Number of images. */
  train: number;
  test: number;
  /** Names of the files in `data/`. IDX of unsigned bytes; those that end in .gz are gzipped. */
  files: { trainImages: string; trainLabels: string; testImages: string; testLabels: string };
  /** The number of images of the whole data set, where this is a share of it, with as many images of each class. */
  shareOf?: { train: number; test: number };
  /** Address of the whole data set's description. */
  homepage?: string;
  /** The images' licence, in words. */
  licence?: string;
}

/** `run/run.json`: the run that the program shows; `null` where it shows none, and in the built page. */
export interface ServedRun {
  name: string;
  /** Weights that can be fetched as `run/<name>.safetensors`. Their ETag changes when training has replaced them. */
  weights: readonly WeightsName[];
  /** Whether training is complete; otherwise it may go on. */
  finished: boolean;
}

/**
 * `run/events.json?log=<log>&from=<next>`: the events that were logged since an earlier answer; without a query, all of them. Ask again now and
 * then. When a resumed run has cut its log, the answer has another `log` and all events.
 */
export interface ServedEvents {
  log: number;
  /** Index of the first of these events in the log. */
  from: number;
  events: readonly LoggedEvent[];
  /** Index to ask for next. */
  next: number;
}

/** An answer with a status of 400 or more. */
export interface Refusal {
  /** Why, as "expected ..., got ...; fix". */
  error: string;
}
