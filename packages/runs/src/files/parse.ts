// Parses and checks the text of a run folder's files. Errors name the file, the line and the field.

import type { LoggedEvent } from "@mlpconv/trainer";
import { eventSchema } from "@mlpconv/trainer/events";
import * as v from "valibot";
import { type Analysis, analysisSchema } from "./analysis.js";
import { configSchema, type RunConfig } from "./config.js";
import { inTodaysForm } from "./data.js";
import { type Evaluation, evaluationSchema } from "./evaluation.js";
import { type Pictures, picturesSchema } from "./pictures.js";
import { type Summary, summarySchema } from "./summary.js";

/** A file of a run folder has invalid contents. */
export class RunFileError extends Error {
  override readonly name = "RunFileError";
}

/** Makes a parser from a schema; `file` is the file's name in errors. */
const parser =
  <Schema extends v.GenericSchema>(schema: Schema) =>
  (text: string, file: string): v.InferOutput<Schema> =>
    checked(schema, parseJson(text, file), file);

/**
 * Parses a config.json and converts one of an earlier version to the current form.
 *
 * @throws RunFileError naming the invalid field
 */
export const parseConfig = (text: string, file: string): RunConfig =>
  checked(configSchema, inTodaysForm(parseJson(text, file)), file);

/**
 * Parses a summary.json.
 *
 * @throws RunFileError naming the invalid field
 */
export const parseSummary: (text: string, file: string) => Summary = parser(summarySchema);

/**
 * Parses an evaluation.json.
 *
 * @throws RunFileError naming the invalid field
 */
export const parseEvaluation: (text: string, file: string) => Evaluation = parser(evaluationSchema);

/**
 * Parses an analysis.json.
 *
 * @throws RunFileError naming the invalid field
 */
export const parseAnalysis: (text: string, file: string) => Analysis = parser(analysisSchema);

/**
 * Parses a pictures.json.
 *
 * @throws RunFileError naming the invalid field
 */
export const parsePictures: (text: string, file: string) => Pictures = parser(picturesSchema);

/**
 * Parses an events.jsonl, also of a run in progress: a last line without a line break may be incomplete and is then left out if it cannot
 * be parsed.
 *
 * @param linesBefore number of lines of the file before the text, for the line numbers in errors. Default 0
 * @throws RunFileError naming the line and the field
 */
export const parseEvents = (text: string, file: string, linesBefore = 0): LoggedEvent[] => {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const place = `${file}, line ${linesBefore + i + 1}`;
    let value: unknown;
    try {
      value = parseJson(line, place);
    } catch (error) {
      if (i === lines.length - 1) return [];
      throw error;
    }
    return [checked(eventSchema, value, place)];
  });
};

const fixOfFile = "restore the file, or leave this run out";

/** Parses JSON. @throws RunFileError if the text is not JSON */
export const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RunFileError(`run: expected JSON in ${file}, got: ${(cause as Error).message}; ${fixOfFile}`, {
      cause,
    });
  }
};

/** Checks a value against a schema. @throws RunFileError naming the first invalid field */
export const checked = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
  fix = fixOfFile,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  throw new RunFileError(`run: ${file}${field === null ? "" : `, ${field}`}: ${problemOf(issue)}; ${fix}`);
};

const problemOf = ({ type, expected, received, message }: v.BaseIssue<unknown>): string => {
  const got = received === "undefined" ? "none" : received.slice(0, 100);
  if (type === "safe_integer") return `expected a whole number, got ${got}`;
  if (expected === null) return message;
  if (expected === "never") return "expected no field of that name, got one";
  // A missing field: valibot reports its name as the expected value.
  if (type === "strict_object" && expected.startsWith('"')) return `expected a value, got ${got}`;
  return `expected ${words(expected)}, got ${got}`;
};

/** Rewrites valibot's expectations, such as ">=1" or '("sgd" | "adamw")', in plain words. */
const words = (expected: string): string =>
  expected
    .replaceAll(/^\((.*)\)$/g, "$1")
    .replaceAll(" | ", ", ")
    .replace(/^(?=.*, )/, "one of ")
    .replace(/^>=(.*)/, "at least $1")
    .replace(/^<=(.*)/, "at most $1")
    .replace(/^>(.*)/, "above $1")
    .replace(/^<(.*)/, "below $1")
    .replace(/^number$/, "a number")
    .replace(/^string$/, "a text")
    .replace(/^boolean$/, "true or false")
    .replace(/^Array$/, "a list")
    .replace(/^Object$/, "an object")
    .replace(/^!0$/, "a text that is not empty");
