// The command line of `predict`, checked.
import { engineChoices, flagReader, oneOf } from "@mlpconv/programs";
import type { EngineName } from "@mlpconv/tensor";
import { type RunFlags, type RunRequest, readRunFlags } from "./run-flags.js";
import { shippedPictures } from "./shipped-pictures.js";
import { type Inversion, inversions } from "./to-garment.js";

/** The flags as they were typed. */
export interface PredictFlags extends RunFlags {
  engine?: string;
  invert?: string;
}

/** The flags as they are meant. */
export interface PredictRequest extends RunRequest {
  /** Paths of pictures. */
  images: readonly string[];
  engine: EngineName | "auto";
  invert: Inversion;
}

/** @throws UsageError with every problem found */
export const readPredictFlags = (images: readonly string[], flags: PredictFlags): PredictRequest => {
  const reader = flagReader("predict");
  reader.needed(
    images[0],
    () => images,
    `expected at least one picture, such as ${shippedPictures()[0]}, got none`,
  );
  const request = {
    ...readRunFlags(flags, reader),
    images,
    engine: reader.given(flags.engine, oneOf("--engine", engineChoices)) ?? ("auto" as const),
    invert: reader.given(flags.invert, oneOf("--invert", inversions)) ?? ("auto" as const),
  };
  reader.check();
  return request;
};
