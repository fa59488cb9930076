// What comparison.json holds: a row for each net, from its runs.
import type { ModelName } from "@mlpconv/models";
import { type Place, type SettingValues, settings } from "@mlpconv/runs";

/** A run that is not in its row's figures, and why. */
export interface Failure {
  run: string;
  model: ModelName;
  seed: number;
  reason: string;
}

/** Path of a setting with a column in comparisons. */
export type ShownPlace = { [P in Place]: (typeof settings)[P] extends { column: string } ? P : never }[Place];

const isShown = (place: string): place is ShownPlace =>
  Object.entries(settings).some(([key, row]) => key === place && "column" in row);

/** The settings that a comparison shows, by their places in config.json: those that the table of settings gives a column. */
export const shownPlaces: readonly ShownPlace[] = Object.keys(settings).filter(isShown);

/** Figures of one net over its finished runs. Null where there is none. */
export interface ComparisonRow extends Pick<SettingValues, ShownPlace> {
  model: ModelName;
  /** The net in words, with its width where that is not its paper's: "vgg11, 1/4 width". */
  network: string;
  epochs: number;
  /** Training images in an epoch. */
  trainingImages: number;
  /** The finished runs' seeds. */
  seeds: number[];
  parameters: number;
  /** Multiply-adds for one image forward. */
  multiplyAccumulates: number;
  /** Bytes of activations for one image forward, in float32. */
  activationBytes: number;
  /** The largest resident memory of any of its training processes. */
  peakRssBytes: number;
  /** Median; loading and testing outside the clock. */
  trainingImagesPerSecond: number;
  /** Speed over the test images, loading included. */
  inferenceImagesPerSecond: number | null;
  /** Median seconds of training and testing until a test gave at least `enough`; null when half of the runs never did. */
  secondsToEnough: number | null;
  /** Runs that did. */
  reachedEnough: number;
  testAccuracy: {
    median: number;
    min: number;
    max: number;
    /** 95% bootstrap interval of the median; null for fewer than three runs. */
    interval: [number, number] | null;
  };
  /** Median accuracy on the images that are held out, after the last epoch; absent where there are none. */
  validationAccuracy?: number;
  /** Median of the last epochs' training loss, in nats; null when it was no number. */
  loss: number | null;
}

/** A net with one combination of a grid's settings. */
export interface GridRow {
  model: ModelName;
  /** The combination, by the settings' places in config.json. */
  settings: SettingValues;
  /** The same as flags: "--lr 0.01 --batch-size 64". */
  words: string;
  /** Names of its runs. */
  runs: string[];
  /** Epochs after which it was stopped, or those of the whole run. */
  epochs: number;
  /** The best accuracy on held-out images in these epochs, the median over its runs; null where one failed. */
  validationAccuracy: number | null;
  /** "best" and "finished" were trained to the end, "stopped" had a worse accuracy than half of the others. */
  outcome: "best" | "finished" | "stopped" | "failed";
  /** Its place among those that were trained so far, or why it failed. */
  reason: string;
}

export interface Comparison {
  name: string;
  preset: string;
  dataset: string | null;
  dataSha256: string | null;
  engines: string[];
  devices: string[];
  /** The test accuracy that `secondsToEnough` waits for. */
  enough: number;
  /** A row a net; with a grid, of its best combination. */
  rows: ComparisonRow[];
  /** The combinations of a grid; absent without one. */
  grid?: GridRow[];
  failures: Failure[];
  /** What a budget left out, in words. */
  leftOut: string[];
}

/** The test accuracy that counts as enough, where none was asked for: 95% of the best, rounded down to hundredths, which suits any data. */
export const enoughOf = (best: number): number => Math.max(0.01, Math.floor(95 * best + 1e-9) / 100);
