// What `evaluate`, `predict` and `export` have in common: which run, which of its weights, JSON or words.
import { type flagReader, oneOf, runName, type WeightsName, weightsNames } from "@mlpconv/programs";
import type { Command } from "commander";

/** The flags as they were typed. */
export interface RunFlags {
  run?: string;
  weights?: string;
  json?: boolean;
}

/** The flags as they are meant. */
export interface RunRequest {
  run: string;
  /** Absent: the best there are. */
  weights: WeightsName | undefined;
  json: boolean;
}

export const addRunFlags = (command: Command): Command =>
  command
    .option("--run <name>", "the run in runs/<name>")
    .option("--weights <name>", `${weightsNames.join(" or ")} (default: best, else last)`);

/** Reads them with the command's own reader, so that all problems are told together. */
export const readRunFlags = (
  { run, weights, json = false }: RunFlags,
  { given, needed }: ReturnType<typeof flagReader>,
): RunRequest => ({
  run: needed(run, runName(), "expected --run to name a run, such as --run try-1, got none"),
  weights: given(weights, oneOf("--weights", weightsNames)),
  json,
});
