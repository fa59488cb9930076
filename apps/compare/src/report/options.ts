// The command line of `report`, checked.
import { asTyped, engineChoices, flagReader, folderPath, oneOf, runName } from "@mlpconv/cli-kit";
import type { EngineName } from "@mlpconv/tensor";

/** The flags as they were typed. */
export interface ReportFlags {
  out?: string;
  open?: boolean;
  engine?: string;
  data?: string;
  json?: boolean;
}

/** The flags as they are meant. */
export interface ReportRequest {
  /** Names of runs, each once. */
  runs: string[];
  /** Folder of the page; absent for one run: its own. */
  out: string | undefined;
  /** Show the page to whoever sits at a terminal. */
  open: boolean;
  engine: EngineName | "auto";
  /** Folder of the data set's files. */
  data: string | undefined;
  json: boolean;
}

/** @throws UsageError with every problem found */
export const readReportFlags = (runs: readonly string[], flags: ReportFlags): ReportRequest => {
  const { given, wrong, check } = flagReader("report");
  const names = runs.flatMap((run) => given(run, runName) ?? []);
  const request = {
    runs: [...new Set(names)],
    out: given(flags.out, folderPath("--out")),
    open: flags.open ?? true,
    engine: given(flags.engine, oneOf("--engine", engineChoices)) ?? ("auto" as const),
    data: given(flags.data, folderPath("--data")),
    json: flags.json ?? false,
  };
  if (runs.length === 0) wrong(`expected the names of runs, such as ${asTyped("report try-1")}, got none`);
  if (request.runs.length > 1 && flags.out === undefined)
    wrong(`expected --out with ${request.runs.length} runs, got none; name a folder for their page`);
  check();
  return request;
};
