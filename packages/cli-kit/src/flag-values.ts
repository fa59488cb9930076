// Checks the values of flags one by one, and reports all problems at once.
import { distance } from "fastest-levenshtein";
import { UsageError } from "./errors.js";
import { runNameIn, runNameProblem } from "./run-name.js";

/** A problem with a flag's value: "expected ..., got ...". */
export class Problem {
  readonly messages: readonly string[];
  constructor(...messages: string[]) {
    this.messages = messages;
  }
}

/** Kind of an option's value; the kinds of settings in `@mlpconv/runs` have the same form. */
export interface OptionKind<T> {
  /** Description of valid texts: "a whole number from 1 to 64". */
  expected: string;
  /** Converts a text to a value; returns undefined if the text is invalid, or a Problem for a message of its own. */
  read(text: string, flag: string): T | undefined | Problem;
  /** What is wrong with a text that stands for no value, where that can be said better than by `expected`. */
  problem?(text: string, flag: string): string | undefined;
  /** All values, where there are few. */
  choices?: readonly string[];
  /** What a shell completes for the value. */
  completes?: "runs" | "files";
}

/** The value of a text as a flag or operand has it. */
export const readValue = <T>(
  { read, expected, problem, choices }: OptionKind<T>,
  text: string,
  flag: string,
) => {
  const value = read(text, flag);
  if (value !== undefined) return value;
  return new Problem(
    problem?.(text, flag) ??
      `expected ${flag} to be ${expected}, got "${text}"${didYouMean(text, choices ?? [])}`,
  );
};

/** Reads the flags of a command and collects problems. */
export const flagReader = (command: string) => {
  const problems: string[] = [];
  const kept = <T>(value: T | Problem): T | undefined => {
    if (!(value instanceof Problem)) return value;
    problems.push(...value.messages);
    return undefined;
  };
  return {
    /** The value of a flag; undefined if it was not given or is invalid. */
    given: <T>(text: string | undefined, kind: OptionKind<T>, flag: string): T | undefined =>
      text === undefined ? undefined : kept(readValue(kind, text, flag)),
    /** The value of a required flag; valid once `check` has passed. */
    needed: <T>(text: string | undefined, kind: OptionKind<T>, flag: string, absent: string): T =>
      // If it is undefined, `check` throws.
      kept(text === undefined ? new Problem(absent) : readValue(kind, text, flag)) as T,
    /** Adds a problem that concerns several flags together. */
    wrong: (problem: string): void => {
      problems.push(problem);
    },
    /** @throws UsageError with every problem found */
    check: (): void => {
      if (problems.length > 0) throw new UsageError(command, problems);
    },
  };
};

/** The name most similar to a text; undefined if none is similar enough to be what was meant. */
export const nearest = <Name extends string>(text: string, names: readonly Name[]): Name | undefined => {
  const far = (name: string) => distance(text.toLowerCase(), name.toLowerCase());
  const near = names.filter((name) => isNear(far(name), text, name));
  return near.reduce<Name | undefined>(
    (best, name) => (best === undefined || far(name) < far(best) ? name : best),
    undefined,
  );
};

/**
 * Whether a name may have been meant: a typing error changes up to two letters in five, and two swapped letters count as two changes. The first
 * letter is rarely wrong: other words of the field (gpu, resnet) are not misspellings of cpu or lenet.
 */
const isNear = (changes: number, text: string, name: string): boolean => {
  const longer = Math.max(text.length, name.length);
  if (longer > 1 && !sharesStart(text.toLowerCase(), name.toLowerCase())) return false;
  return changes < longer && changes <= Math.max(longer < 4 ? 1 : 2, 0.4 * longer);
};

/** Whether the first letters are equal, or the first letter was omitted, added or swapped with the second. */
const sharesStart = (text: string, name: string): boolean =>
  text[0] === name[0] ||
  text === name.slice(1) ||
  text.slice(1) === name ||
  (text[0] === name[1] && text[1] === name[0]);

/** The question "did you mean ...?", or an empty text if no name is similar. */
const didYouMean = (text: string, names: readonly string[]): string => {
  const name = nearest(text, names);
  return name === undefined ? "" : `; did you mean "${name}"?`;
};

/** A path to a folder, which need not exist. */
export const folder: OptionKind<string> = {
  expected: "a folder",
  read: (text) => text || undefined,
  completes: "files",
};

/** The name of a run, from a name or a path to its folder. */
export const runName: OptionKind<string> = {
  expected: "the name of a run",
  read: (text, flag) => {
    const name = runNameIn(text);
    const problem = runNameProblem(name, flag);
    return problem === undefined ? name : new Problem(problem);
  },
  completes: "runs",
};

/** Values of one kind, separated by commas, each at most once. */
export const listOf = <T>(kind: OptionKind<T>): OptionKind<T[]> => ({
  ...kind,
  read: (text, flag) => {
    const values = text.split(",").map((part) => readValue(kind, part.trim(), flag));
    const problems = values.flatMap((value) => (value instanceof Problem ? value.messages : []));
    if (problems.length > 0) return new Problem(...problems);
    return [...new Set(values.flatMap((value) => (value instanceof Problem ? [] : [value])))];
  },
});
