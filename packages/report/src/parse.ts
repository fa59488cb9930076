// The texts of a run folder's files as checked values. What is wrong is named with its file and field.
import type { LoggedEvent } from "@mlpconv/trainer";
import type { Summary } from "@mlpconv/trainer/node";
import * as v from "valibot";
import type { Evaluation } from "./evaluation.js";
import type { Insights } from "./insights.js";
import type { RunConfig } from "./run.js";
import { configSchema, evaluationSchema, eventSchema, insightsSchema, summarySchema } from "./schemas.js";

/** A file of a run folder is not what it should be. */
export class RunFileError extends Error {
  override readonly name = "RunFileError";
}

const eventTypes = new Set(["start", "step", "epoch", "end"]);

// The schemas check the fields that are drawn; the other fields of the types are the trainer's promise.

/**
 * The text of a config.json, checked.
 *
 * @param file what to call it in an error
 * @throws RunFileError naming the field that is wrong
 */
export const parseConfig = (text: string, file: string): RunConfig =>
  check(configSchema, json(text, file), file);

/**
 * The text of a summary.json, checked.
 *
 * @param file what to call it in an error
 * @throws RunFileError naming the field that is wrong
 */
export const parseSummary = (text: string, file: string): Summary =>
  check(summarySchema, json(text, file), file) as v.InferOutput<typeof summarySchema> & Summary;

/**
 * The text of a evaluation.json, checked.
 *
 * @param file what to call it in an error
 * @throws RunFileError naming the field that is wrong
 */
export const parseEvaluation = (text: string, file: string): Evaluation =>
  check(evaluationSchema, json(text, file), file);

/**
 * The text of a insights.json, checked.
 *
 * @param file what to call it in an error
 * @throws RunFileError naming the field that is wrong
 */
export const parseInsights = (text: string, file: string): Insights =>
  check(insightsSchema, json(text, file), file) as v.InferOutput<typeof insightsSchema> & Insights;

/**
 * events.jsonl, of a run that still goes on too: a last line without its end may be half written, and is left out if it cannot be read.
 * Events of types that are not known are left out.
 *
 * @throws RunFileError naming the line
 */
export const parseEvents = (text: string, file: string): LoggedEvent[] => {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const place = `${file}, line ${i + 1}`;
    let value: unknown;
    try {
      value = json(line, place);
    } catch (error) {
      if (i === lines.length - 1) return [];
      throw error;
    }
    if (isUnknownEvent(value)) return [];
    return [check(eventSchema, value, place) as v.InferOutput<typeof eventSchema> & LoggedEvent];
  });
};

const isUnknownEvent = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "type" in value &&
  typeof value.type === "string" &&
  !eventTypes.has(value.type);

const json = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RunFileError(
      `report: expected JSON in ${file}, got: ${(cause as Error).message}; leave this run out, or restore the file`,
      { cause },
    );
  }
};

const check = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  const problem =
    issue.expected === null ? issue.message : `expected ${issue.expected}, got ${issue.received}`;
  throw new RunFileError(
    `report: ${file}${field === null ? "" : `, ${field}`}: ${problem}; leave this run out, or restore the file`,
  );
};
