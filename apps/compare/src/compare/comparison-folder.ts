// comparisons/<name>: where a comparison is kept.
import { join } from "node:path";

import { checked, parseJson } from "@mlpconv/runs";
import {
  makeFolder,
  readText,
  removeTemporaries,
  systemErrorMessage,
  writeAtomically,
} from "@mlpconv/weights/node";

import * as v from "valibot";
import { type BudgetPlan, planSchema } from "./budget.js";
import type { Comparison } from "./comparison.js";
import { comparisonMarkdown } from "./comparison-table.js";
import type { CompareRequest } from "./options.js";

export const comparisonFolder = (name: string): string => join("comparisons", name);

/** Also removes what a killed process was writing there. */
const write = async (folder: string, name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  try {
    await makeFolder(folder);
    await removeTemporaries(folder);
    await writeAtomically(path, (file) => file.writeFile(text));
    return path;
  } catch (cause) {
    throw new Error(
      `compare: expected ${folder} to be a folder that can be written, got ${systemErrorMessage(cause)}`,
      {
        cause,
      },
    );
  }
};
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes comparison.json and comparison.md. @returns their paths */
export const writeComparison = async (comparison: Comparison): Promise<string[]> => {
  const folder = comparisonFolder(comparison.name);
  return [
    await write(folder, "comparison.json", json(comparison)),
    await write(folder, "comparison.md", comparisonMarkdown(comparison)),
  ];
};

/** What a plan is made for: the same command finds it again. */
const keyOf = (request: CompareRequest): string =>
  JSON.stringify({ ...request, json: undefined, plan: undefined });

/** Keeps what was planned, so that the comparison goes on with it and does not plan anew. */
export const writePlan = async (request: CompareRequest, plan: BudgetPlan): Promise<void> => {
  await write(comparisonFolder(request.name), "plan.json", json({ request: keyOf(request), plan }));
};

const keptSchema = v.strictObject({ request: v.string(), plan: planSchema });

/**
 * The plan that an earlier start of the same command made; undefined where there is none.
 *
 * @throws RunFileError naming the field of plan.json that is not as it was written
 */
export const readPlan = async (request: CompareRequest): Promise<BudgetPlan | undefined> => {
  const path = join(comparisonFolder(request.name), "plan.json");
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new Error(`compare: expected ${path} to be readable, got ${systemErrorMessage(cause)}`, { cause });
  });
  if (text === undefined) return undefined;
  const kept = checked(keptSchema, parseJson(text, path), path);
  return kept.request === keyOf(request) ? kept.plan : undefined;
};
