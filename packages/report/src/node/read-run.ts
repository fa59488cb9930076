// Reads a run folder, of a run that still goes on too.
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseInsights,
  parseSummary,
  RunFileError,
} from "@mlpconv/trainer/run-files";
import { readText, systemWords } from "@mlpconv/weights/node";
import type { Run } from "../run.js";

/**
 * Everything that is drawn of a run: config.json and events.jsonl, and where they are, summary.json, evaluation.json and insights.json.
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
    insights: await read(folder, "insights.json", parseInsights),
  };
};

const read = async <T>(
  folder: string,
  name: string,
  parse: (text: string, file: string) => T,
): Promise<T | undefined> => {
  const file = join(folder, name);
  let text: string;
  try {
    text = await readText(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new RunFileError(`report: expected ${file} to be readable, got ${systemWords(cause)}`, { cause });
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
