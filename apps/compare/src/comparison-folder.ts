// comparisons/<name>: where a comparison is kept.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "@mlpconv/weights/node";
import type { BudgetPlan } from "./budget.js";
import type { CompareRequest } from "./compare-options.js";
import type { Comparison } from "./comparison.js";
import { comparisonMarkdown } from "./comparison-table.js";

export const comparisonFolder = (name: string): string => join("comparisons", name);

const write = (path: string, text: string): Promise<void> =>
  writeAtomically(path, (file) => file.writeFile(text));
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes comparison.json and comparison.md. @returns their paths */
export const writeComparison = async (comparison: Comparison): Promise<string[]> => {
  const folder = comparisonFolder(comparison.name);
  await mkdir(folder, { recursive: true });
  const paths = [join(folder, "comparison.json"), join(folder, "comparison.md")] as const;
  await write(paths[0], json(comparison));
  await write(paths[1], comparisonMarkdown(comparison));
  return [...paths];
};

/** What a plan is made for: the same command finds it again. */
const keyOf = (request: CompareRequest): string => JSON.stringify({ ...request, json: undefined });

/** Keeps what was planned, so that the comparison goes on with it and does not plan anew. */
export const writePlan = async (request: CompareRequest, plan: BudgetPlan): Promise<void> => {
  const folder = comparisonFolder(request.name);
  await mkdir(folder, { recursive: true });
  await write(join(folder, "plan.json"), json({ request: keyOf(request), plan }));
};

/** The plan that an earlier start of the same command made; undefined where there is none. */
export const readPlan = async (request: CompareRequest): Promise<BudgetPlan | undefined> => {
  try {
    const text = await readFile(join(comparisonFolder(request.name), "plan.json"), "utf8");
    const kept = JSON.parse(text) as { request: string; plan: BudgetPlan };
    return kept.request === keyOf(request) ? kept.plan : undefined;
  } catch {
    // None, or one that was broken: planning again costs a minute.
    return undefined;
  }
};
