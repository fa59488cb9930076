// The options of `report`.
import {
  asTyped,
  dataOption,
  engineOption,
  flagReader,
  folder,
  jsonOption,
  type OptionValues,
  option,
  readOptions,
  runName,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { onOff } from "@mlpconv/runs";

export const reportOptions = {
  out: option({
    flag: "--out <dir>",
    kind: folder,
    help: "folder for report.html (default: the run's own; needed for several)",
  }),
  open: option({
    flag: "--no-open",
    kind: onOff,
    help: "do not show the page in the browser, as is done at a terminal",
    otherwise: true,
  }),
  engine: engineOption,
  data: dataOption,
  json: jsonOption("print the paths"),
};

/** The options as they are meant. */
export type ReportRequest = OptionValues<typeof reportOptions> & {
  /** Names of runs, each once. */
  runs: string[];
};

/** @throws UsageError with every problem found */
export const readReportOptions = (runs: readonly string[], typed: TypedFlags): ReportRequest => {
  const reader = flagReader("report");
  const names = new Set(runs.flatMap((run) => reader.given(run, runName, "RUN") ?? []));
  const request = { ...readOptions(reportOptions, typed, reader), runs: [...names] };
  if (runs.length === 0)
    reader.wrong(`expected the names of runs, such as ${asTyped("report try-1")}, got none`);
  if (names.size > 1 && typed.out === undefined)
    reader.wrong(`expected --out with ${names.size} runs, got none; name a folder for their page`);
  reader.check();
  return request;
};
