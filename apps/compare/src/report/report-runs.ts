// What `report` does, in order: runs, data once, what each net can tell, the page.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findRun, openInBrowser, runsFolder, type Terminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import { checkSameData } from "@mlpconv/report";
import { writeReport } from "@mlpconv/report/node";
import { type FoundRun, RunFolderError, readRun, readRunWithoutLog } from "@mlpconv/runs/node";
import { analyseRuns } from "../analysis/analyse-runs.js";
import type { ReportRequest } from "./options.js";

/** @throws UsageError when there is no such run; RunFolderError when a folder is no run; RunFileError when one is broken; DifferentDataError when they saw different images */
export const reportRuns = async (
  request: ReportRequest,
  { terminal, known }: { terminal: Terminal; known: DatasetList },
): Promise<void> => {
  const found: { name: string; folder: string; weights: FoundRun | undefined }[] = [];
  for (const name of request.runs) found.push(await find(name, terminal));
  // Checked before anything is computed.
  checkSameData(await Promise.all(found.map(({ folder }) => readRun(folder))));

  await analyseRuns(
    "report",
    found.flatMap(({ weights }) => weights ?? []),
    request,
    { terminal, known },
  );

  const runs = await Promise.all(found.map(({ folder }) => readRun(folder)));
  const written = await writeReport(request.out ?? found[0]!.folder, { runs });
  const [page] = written;
  terminal.say(`${page} and ${written.length - 1} figures`);
  if (request.open) openInBrowser(pathToFileURL(resolve(page!)));
  if (request.json) process.stdout.write(`${JSON.stringify(written)}\n`);
};

/** A run without weights, stopped before its first epoch ended, is drawn without what they would tell. */
const find = async (name: string, terminal: Terminal) => {
  try {
    const weights = await findRun("report", name, undefined, "RUN");
    return { name, folder: weights.folder, weights };
  } catch (error) {
    if (!(error instanceof RunFolderError)) throw error;
    // Throws, saying what is in the folder, when it is no run's at all.
    await readRunWithoutLog(join(runsFolder, name));
    terminal.say(`warning: ${error.message}; drawing it without mistakes and class maps`);
    return { name, folder: join(runsFolder, name), weights: undefined };
  }
};
