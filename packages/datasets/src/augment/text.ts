// A list of augmentations as text, such as "flip,shift:2,erase:8": what a flag and config.json have. Free of TensorFlow.js.
import { DatasetError } from "../dataset-error.js";
import {
  type Augmentation,
  type AugmentationName,
  augmentationNames,
  formOf,
  inOrderOfWork,
  listProblem,
  operationProblem,
  operations,
  textOf,
} from "./operations.js";

/** The list that a text stands for, or what is wrong with the text. */
const read = (text: string, where: string): { list: Augmentation[] } | { problem: string } => {
  const list: Augmentation[] = [];
  for (const part of text.split(",").map((each) => each.trim())) {
    const [name, digits] = part.split(/:(.*)/s);
    const value =
      digits === undefined ? undefined : /^\d+(\.\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
    const problem = operationProblem(where, name, value, JSON.stringify(part));
    if (problem !== undefined) return { problem };
    list.push({ name: name as AugmentationName, ...(value !== undefined && { value }) });
  }
  const problem = listProblem(where, list);
  return problem === undefined ? { list: inOrderOfWork(list) } : { problem };
};

/**
 * The list that a text stands for, in the order in which its operations are done: "erase:8,shift:2" is `[shift(2), erase(8)]`.
 *
 * @throws DatasetError `option` when an operation is unknown or its number is out of range; the message names both
 */
export const parseAugment = (text: string): Augmentation[] => {
  const result = read(text, "augment");
  if ("problem" in result) throw new DatasetError("option", `augment: ${result.problem}`);
  return result.list;
};

/**
 * What is wrong with the text of a list: "expected ..., got ..." and a fix; undefined when nothing is.
 *
 * @param where the option that the text was given to
 */
export const augmentProblem = (text: string, where = "augment"): string | undefined => {
  const result = read(text, where);
  return "problem" in result ? result.problem : undefined;
};

/** The text of a list, the same for all lists that do the same. */
export const augmentText = (list: readonly Augmentation[]): string =>
  inOrderOfWork(list).map(textOf).join(",");

/** A line of help for each operation: its form and what it does. */
export const augmentHelp = (): [form: string, does: string][] =>
  augmentationNames.map((name) => [formOf(name), operations[name].help]);
