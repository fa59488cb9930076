// Reads a run folder, of a run that still goes on too.
import { basename, join, resolve } from "node:path";
import type { Analysis } from "../files/analysis.js";
import { parseAnalysis, parseConfig, parseEvaluation, parseEvents, parseSummary } from "../files/parse.js";
import type { Run } from "../run.js";
import { CONFIG, LOG, notARun, readRunText } from "./folder-files.js";

/** The file of a run's analysis; runs that were reported by earlier versions have it under the second name. */
export const analysisNames = ["analysis.json", "insights.json"] as const;

/**
 * Everything that is drawn of a run: config.json and events.jsonl, and where they are, summary.json, evaluation.json and analysis.json.
 * Nothing is written.
 *
 * @throws RunFolderError when the folder is missing, empty or not a run; RunFileError when one of its files is broken
 */
export const readRun = async (folder: string): Promise<Run> => {
  const run = await readRunWithoutLog(folder);
  return { ...run, events: (await read(folder, LOG, parseEvents)) ?? [] };
};

/** `readRun` without the events, for who has them from `followLog` or needs none: logs are long. */
export const readRunWithoutLog = async (folder: string): Promise<Omit<Run, "events">> => {
  const config = await read(folder, CONFIG, parseConfig);
  if (config === undefined) throw await notARun(folder);
  return {
    name: basename(resolve(folder)),
    config,
    summary: await read(folder, "summary.json", parseSummary),
    evaluation: await read(folder, "evaluation.json", parseEvaluation),
    analysis: await readAnalysis(folder),
  };
};

const readAnalysis = async (folder: string): Promise<Analysis | undefined> => {
  for (const name of analysisNames) {
    const found = await read(folder, name, parseAnalysis);
    if (found) return found;
  }
  return undefined;
};

const read = async <T>(
  folder: string,
  name: string,
  parse: (text: string, file: string) => T,
): Promise<T | undefined> => {
  const path = join(folder, name);
  const text = await readRunText(path);
  return text === undefined ? undefined : parse(text, path);
};
