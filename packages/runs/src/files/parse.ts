// The texts of a run folder's files as checked values. What is wrong is named with its file, its line and its field.

import type { LoggedEvent } from "@mlpconv/trainer";
import { eventSchema } from "@mlpconv/trainer/events";
import * as v from "valibot";
import { type Analysis, analysisSchema } from "./analysis.js";
import { configSchema, type RunConfig } from "./config.js";
import { inTodaysForm } from "./data.js";
import { type Evaluation, evaluationSchema } from "./evaluation.js";
import { type Summary, summarySchema } from "./summary.js";

/** A file of a run folder holds something that it should not. */
export class RunFileError extends Error {
  override readonly name = "RunFileError";
}

/** Reads a file's text through a schema; `file` is what to call it in an error. */
const parser =
  <Schema extends v.GenericSchema>(schema: Schema) =>
  (text: string, file: string): v.InferOutput<Schema> =>
    checked(schema, parseJson(text, file), file);

/**
 * The text of a config.json, checked; one of an earlier version in today's form.
 *
 * @throws RunFileError naming the field that is wrong
 */
export const parseConfig = (text: string, file: string): RunConfig =>
  checked(configSchema, inTodaysForm(parseJson(text, file)), file);

/**
 * The text of a summary.json, checked.
 *
 * @throws RunFileError naming the field that is wrong
 */
export const parseSummary: (text: string, file: string) => Summary = parser(summarySchema);

/**
 * The text of an evaluation.json, checked.
 *
 * @throws RunFileError naming the field that is wrong
 */
export const parseEvaluation: (text: string, file: string) => Evaluation = parser(evaluationSchema);

/**
 * The text of an analysis.json, checked.
 *
 * @throws RunFileError naming the field that is wrong
 */
export const parseAnalysis: (text: string, file: string) => Analysis = parser(analysisSchema);

/**
 * The text of an events.jsonl, checked, of a run that still goes on too: a last line without its end may be half written, and is left out if
 * it cannot be read.
 *
 * @throws RunFileError naming the line, and its field
 */
export const parseEvents = (text: string, file: string): LoggedEvent[] => {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const place = `${file}, line ${i + 1}`;
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

const fix = "restore the file, or leave this run out";

/** JSON text as a value. @throws RunFileError where it is none */
export const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RunFileError(`run: expected JSON in ${file}, got: ${(cause as Error).message}; ${fix}`, {
      cause,
    });
  }
};

/** A value that a schema allows. @throws RunFileError naming the first field that it does not */
export const checked = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
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
  // A field that is missing: valibot expects its name.
  if (type === "strict_object" && expected.startsWith('"')) return `expected a value, got ${got}`;
  return `expected ${words(expected)}, got ${got}`;
};

/** What valibot expects, such as ">=1" or '("sgd" | "adamw")', in words. */
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
