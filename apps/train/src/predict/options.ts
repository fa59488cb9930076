// The options of `predict`.
import {
  engineOption,
  flagReader,
  jsonOption,
  type OptionValues,
  option,
  readOptions,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { oneOf, onOff } from "@mlpconv/runs";
import { runOptions } from "../run-options.js";
import { shippedPictures } from "../shipped-pictures.js";
import { inversions } from "./fit-image.js";

export const predictOptions = {
  ...runOptions,
  invert: option({
    flag: "--invert <when>",
    kind: oneOf(inversions),
    help: `${inversions.join(", ")} (default: auto, where the corners differ from the data set's background)`,
    otherwise: "auto",
  }),
  engine: engineOption,
  json: jsonOption("print one JSON object"),
  jsonl: option({
    flag: "--jsonl",
    kind: onOff,
    help: "print a line of JSON for each picture as it is predicted, all else on stderr",
    otherwise: false,
  }),
};

/** The options as they are meant. */
export type PredictRequest = OptionValues<typeof predictOptions> & {
  /** Paths of pictures, and of folders with pictures. */
  images: readonly string[];
};

/** @throws UsageError with every problem found */
export const readPredictOptions = (images: readonly string[], typed: TypedFlags): PredictRequest => {
  const reader = flagReader("predict");
  if (images.length === 0)
    reader.wrong(`expected at least one picture, such as ${shippedPictures()[0]}, got none`);
  const request = readOptions(predictOptions, typed, reader);
  if (request.json && request.jsonl) reader.wrong("expected --json or --jsonl, got both");
  reader.check();
  return { ...request, images };
};
