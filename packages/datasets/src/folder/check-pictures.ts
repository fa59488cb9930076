// Checks of an image folder's files, once it is known which of them are pictures.
import type { LoadEvent } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import type { Example } from "./layout.js";
import { firstNames, printable } from "./printable.js";

/** A file with the hash of its content, in the order of the data set. */
export type HashedExample = Example & { sha256: string };

const count = (n: number): string => n.toLocaleString("en-US");

/** @throws DatasetError naming the files that are not pictures, unless they are to be left out */
export const checkProblems = (
  path: string,
  examples: readonly Example[],
  problems: ReadonlyMap<Example, string>,
  skipBad: boolean,
): void => {
  if (problems.size === 0 || skipBad) return;
  const lines = examples.flatMap((example) => {
    const problem = problems.get(example);
    return problem === undefined ? [] : [`${example.path}: ${problem}`];
  });
  throw new DatasetError(
    "damaged",
    `${printable(path)}: expected pictures alone, got ${count(problems.size)} of ${count(examples.length)} files that are none:\n  ` +
      `${firstNames(lines, "\n  ")}\nFix: remove or replace them, or go on without them: skipBad, or --skip-bad`,
  );
};

/** @throws DatasetError when a class has no picture to train or to test on */
export const checkEachClass = (path: string, classes: readonly string[], good: readonly Example[]): void => {
  for (const test of [false, true]) {
    const there = new Set(good.flatMap((example) => (example.test === test ? [example.label] : [])));
    const empty = classes.filter((_, label) => !there.has(label));
    if (empty.length === 0) continue;
    throw new DatasetError(
      "damaged",
      `${printable(path)}: expected pictures of every class to ${test ? "test" : "train"} on, got none of ${firstNames(empty)} that can be read; add some, or remove the folder`,
    );
  }
};

/** Images that are both trained and tested on make the test accuracy too good. */
export const warnOfDuplicates = (
  name: string,
  good: readonly HashedExample[],
  onEvent: (event: LoadEvent) => void,
): void => {
  const trained = new Map(good.flatMap((example) => (example.test ? [] : [[example.sha256, example]])));
  const twice = good.flatMap((example) => {
    const same = example.test ? trained.get(example.sha256) : undefined;
    return same ? [`${example.key} is ${same.key}`] : [];
  });
  if (twice.length === 0) return;
  onEvent({
    type: "warning",
    message: `${name}: ${count(twice.length)} test images are training images too: ${firstNames(twice)}; the test accuracy will be too good, remove them from one of both`,
  });
};
