// The options of `evaluate`.
import {
  dataOption,
  engineOption,
  flagReader,
  jsonOption,
  type OptionValues,
  readOptions,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { runOptions } from "../run-options.js";

export const evaluateOptions = {
  ...runOptions,
  engine: engineOption,
  data: dataOption,
  json: jsonOption("print evaluation.json"),
};

/** The options as they are meant. */
export type EvaluateRequest = OptionValues<typeof evaluateOptions>;

/** @throws UsageError with every problem found */
export const readEvaluateOptions = (typed: TypedFlags): EvaluateRequest => {
  const reader = flagReader("evaluate");
  const request = readOptions(evaluateOptions, typed, reader);
  reader.check();
  return request;
};
