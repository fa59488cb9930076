// Values of flags, checked one by one; all that is wrong is said at once.
import { distance } from "fastest-levenshtein";
import { UsageError } from "./errors.js";
import { runNameIn, runNameProblem } from "./run-name.js";

/** What a flag's text cannot mean: "expected ..., got ...". */
export class Problem {
  constructor(readonly message: string) {}
}

/** Reads the flags of a command and keeps what is wrong with them. */
export const flagReader = (command: string) => {
  const problems: string[] = [];
  const kept = <T>(value: T | Problem): T | undefined => {
    if (!(value instanceof Problem)) return value;
    problems.push(value.message);
    return undefined;
  };
  return {
    /** The value of a flag; undefined when it was not given or is wrong. */
    given: <T>(text: string | undefined, read: (text: string) => T | Problem): T | undefined =>
      text === undefined ? undefined : kept(read(text)),
    /** The value of a flag that must be there, once `check` has passed. */
    needed: <T>(text: string | undefined, read: (text: string) => T | Problem, absent: string): T =>
      // Where it is undefined, `check` throws.
      kept(text === undefined ? new Problem(absent) : read(text)) as T,
    /** Something that is wrong with several flags together. */
    wrong: (problem: string): void => {
      problems.push(problem);
    },
    /** @throws UsageError with every problem found */
    check: (): void => {
      if (problems.length > 0) throw new UsageError(command, problems);
    },
  };
};

/** The name that is most like what was typed; undefined where none is so near that it can have been meant. */
export const nearest = <Name extends string>(text: string, names: readonly Name[]): Name | undefined => {
  const far = (name: string) => distance(text.toLowerCase(), name.toLowerCase());
  const near = names.filter((name) => isNear(far(name), text, name));
  return near.reduce<Name | undefined>(
    (best, name) => (best === undefined || far(name) < far(best) ? name : best),
    undefined,
  );
};

/**
 * Typing errors change up to two letters in five; two letters that changed places count as two changes. The first letter is seldom one of
 * them: another word of the field (gpu, resnet) is not a misspelt cpu or lenet.
 */
const isNear = (changes: number, text: string, name: string): boolean => {
  const longer = Math.max(text.length, name.length);
  if (longer > 1 && !sharesStart(text.toLowerCase(), name.toLowerCase())) return false;
  return changes < longer && changes <= Math.max(longer < 4 ? 1 : 2, 0.4 * longer);
};

/** The same first letter, or the first letter left out, put in front or changed places with the second. */
const sharesStart = (text: string, name: string): boolean =>
  text[0] === name[0] ||
  text === name.slice(1) ||
  text.slice(1) === name ||
  (text[0] === name[1] && text[1] === name[0]);

/** The question after an error, where a name is near; else nothing. */
const didYouMean = (text: string, names: readonly string[]): string => {
  const name = nearest(text, names);
  return name === undefined ? "" : `; did you mean "${name}"?`;
};

export const oneOf =
  <Name extends string>(flag: string, names: readonly Name[]) =>
  (text: string): Name | Problem =>
    names.find((name) => name === text) ??
    new Problem(`expected ${flag} to be one of ${names.join(", ")}, got "${text}"${didYouMean(text, names)}`);

export const wholeNumber =
  (flag: string, from: number, to: number) =>
  (text: string): number | Problem => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= from && value <= to
      ? value
      : new Problem(`expected ${flag} to be a whole number from ${from} to ${to}, got "${text}"`);
  };

export const positive =
  (flag: string) =>
  (text: string): number | Problem => {
    const value = Number(text);
    return value > 0 && value < Infinity
      ? value
      : new Problem(`expected ${flag} to be a number above 0, such as 0.05, got "${text}"`);
  };

export const atLeastZero =
  (flag: string) =>
  (text: string): number | Problem => {
    const value = Number(text);
    return text.trim() !== "" && value >= 0 && value < Infinity
      ? value
      : new Problem(`expected ${flag} to be a number from 0 up, got "${text}"`);
  };

export const share =
  (flag: string) =>
  (text: string): number | Problem => {
    const value = Number(text);
    return text.trim() !== "" && value >= 0 && value < 1
      ? value
      : new Problem(`expected ${flag} to be a number from 0 to below 1, got "${text}"`);
  };

export const folderPath =
  (flag: string) =>
  (text: string): string | Problem =>
    text || new Problem(`expected ${flag} to be a folder, got ""`);

/** The name of a run, from a name or a path to its folder. */
export const runName =
  (flag = "--run") =>
  (text: string): string | Problem => {
    const name = runNameIn(text);
    const problem = runNameProblem(name, flag);
    return problem === undefined ? name : new Problem(problem);
  };
