// The command line of `evaluate`, checked.
import { engineChoices, flagReader, folderPath, oneOf } from "@mlpconv/cli-kit";
import type { EngineName } from "@mlpconv/tensor";
import { type RunFlags, type RunRequest, readRunFlags } from "../run-flags.js";

/** The flags as they were typed. */
export interface EvaluateFlags extends RunFlags {
  engine?: string;
  data?: string;
}

/** The flags as they are meant. */
export interface EvaluateRequest extends RunRequest {
  engine: EngineName | "auto";
  /** Folder of the data set's files. */
  data: string | undefined;
}

/** @throws UsageError with every problem found */
export const readEvaluateFlags = (flags: EvaluateFlags): EvaluateRequest => {
  const reader = flagReader("evaluate");
  const request = {
    ...readRunFlags(flags, reader),
    engine: reader.given(flags.engine, oneOf("--engine", engineChoices)) ?? ("auto" as const),
    data: reader.given(flags.data, folderPath("--data")),
  };
  reader.check();
  return request;
};
