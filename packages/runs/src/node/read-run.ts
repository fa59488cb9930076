// Reads a run folder, also of a run in progress.
import { basename, join, resolve } from "node:path";
import type { Analysis } from "../files/analysis.js";
import {
  parseAnalysis,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parsePictures,
  parseSummary,
} from "../files/parse.js";
import type { Pictures } from "../files/pictures.js";
import type { Run } from "../run.js";
import { CONFIG, LOG, notARun, PICTURES, readRunText, SUMMARY } from "./folder-files.js";

/** Names of a run's analysis; earlier versions used the second one. */
export const analysisNames = ["analysis.json", "insights.json"] as const;

/**
 * Reads everything that a report draws: config.json and events.jsonl and, if present, summary.json, evaluation.json and analysis.json.
 * Writes nothing.
 *
 * @throws RunFolderError when the folder is missing, empty or not a run; RunFileError when one of its files is invalid
 */
export const readRun = async (folder: string): Promise<Run> => {
  const run = await readRunWithoutLog(folder);
  return { ...run, events: (await read(folder, LOG, parseEvents)) ?? [] };
};

/** `readRun` without the events, which can be long, for callers that use `followLog` or need no events. */
export const readRunWithoutLog = async (folder: string): Promise<Omit<Run, "events">> => {
  const config = await read(folder, CONFIG, parseConfig);
  if (config === undefined) throw await notARun(folder);
  return {
    name: basename(resolve(folder)),
    config,
    summary: await read(folder, SUMMARY, parseSummary),
    evaluation: await read(folder, "evaluation.json", parseEvaluation),
    analysis: await readAnalysis(folder),
  };
};

/**
 * Reads pictures.json; undefined if the run has none.
 *
 * @throws RunFolderError when it cannot be read; RunFileError when it is invalid
 */
export const readPictures = (folder: string): Promise<Pictures | undefined> =>
  read(folder, PICTURES, parsePictures);

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
