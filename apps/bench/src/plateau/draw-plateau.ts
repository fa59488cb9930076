// Figures of the watched runs.
import type { Watched } from "./watch-training.js";

/** A watched run of a variant. */
export interface PlateauRow extends Watched {
  what: string;
  flags: string;
  seed: number;
}

export interface PlateauResults {
  images: number;
  rows: PlateauRow[];
}

export const drawPlateau = async (_path: string, _results: PlateauResults): Promise<void> => {};
