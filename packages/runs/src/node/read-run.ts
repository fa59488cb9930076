// Reads a run folder, of a run that still goes on too.
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Analysis } from "../files/analysis.js";
import {
  parseAnalysis,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseSummary,
  RunFileError,
} from "../files/parse.js";
import type { Run } from "../run.js";

/** The file of a run's analysis; runs that were reported by earlier versions have it under the second name. */
export const analysisNames = ["analysis.json", "insights.json"] as const;

/**
 * Everything that is drawn of a run: config.json and events.jsonl, and where they are, summary.json, evaluation.json and analysis.json.
 * Nothing is written.
 *
 * @throws RunFileError when the folder is missing, empty or not a run, or one of its files is broken
 */
export const readRun = async (folder: string): Promise<Run> => {
  const config = await read(folder, "config.json", parseConfig);
  if (config === undefined) throw await notARun(folder);
  return {
    name: basename(resolve(folder)),
    config,
    events: (await read(folder, "events.jsonl", parseEvents)) ?? [],
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
  const file = join(folder, name);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new RunFileError(`report: expected ${file} to be readable, got: ${message}`, { cause });
  }
  return parse(text, file);
};

const notARun = async (folder: string): Promise<RunFileError> => {
  const names = await readdir(folder).catch(() => undefined);
  const found =
    names === undefined
      ? "no such folder"
      : names.length === 0
        ? "an empty folder"
        : `a folder without config.json (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", ..." : ""})`;
  return new RunFileError(
    `report: expected a run in ${folder}, got ${found}; name a folder that \`train\` has written`,
  );
};
