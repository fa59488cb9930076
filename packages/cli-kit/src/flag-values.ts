// Values of flags, checked one by one; all that is wrong is said at once.
import { distance } from "fastest-levenshtein";
import { UsageError } from "./errors.js";
import { runNameIn, runNameProblem } from "./run-name.js";

/** What a flag's text cannot mean: "expected ..., got ...". */
export class Problem {
  readonly messages: readonly string[];
  constructor(...messages: string[]) {
    this.messages = messages;
  }
}

/** What an option takes; the kinds of settings (`@mlpconv/runs`) are such kinds too. */
export interface OptionKind<T> {
  /** What the text must be: "a whole number from 1 to 64". */
  expected: string;
  /** The value that the text stands for; undefined where it stands for none, a Problem to say so in other words. */
  read(text: string, flag: string): T | undefined | Problem;
  /** All values, where there are few. */
  choices?: readonly string[];
  /** What a shell looks the values up in. */
  completes?: "runs" | "files";
}

/** The value of a text as a flag or operand has it. */
export const readValue = <T>({ read, expected, choices }: OptionKind<T>, text: string, flag: string) => {
  const value = read(text, flag);
  if (value !== undefined) return value;
  return new Problem(`expected ${flag} to be ${expected}, got "${text}"${didYouMean(text, choices ?? [])}`);
};

/** Reads the flags of a command and keeps what is wrong with them. */
export const flagReader = (command: string) => {
  const problems: string[] = [];
  const kept = <T>(value: T | Problem): T | undefined => {
    if (!(value instanceof Problem)) return value;
    problems.push(...value.messages);
    return undefined;
  };
  return {
    /** The value of a flag; undefined when it was not given or is wrong. */
    given: <T>(text: string | undefined, kind: OptionKind<T>, flag: string): T | undefined =>
      text === undefined ? undefined : kept(readValue(kind, text, flag)),
    /** The value of a flag that must be there, once `check` has passed. */
    needed: <T>(text: string | undefined, kind: OptionKind<T>, flag: string, absent: string): T =>
      // Where it is undefined, `check` throws.
      kept(text === undefined ? new Problem(absent) : readValue(kind, text, flag)) as T,
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

/** A path to a folder, which need not be there. */
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

/** Values of one kind with commas between them, each once. */
export const listOf = <T>(kind: OptionKind<T>): OptionKind<T[]> => ({
  ...kind,
  read: (text, flag) => {
    const values = text.split(",").map((part) => readValue(kind, part.trim(), flag));
    const problems = values.flatMap((value) => (value instanceof Problem ? value.messages : []));
    if (problems.length > 0) return new Problem(...problems);
    return [...new Set(values.flatMap((value) => (value instanceof Problem ? [] : [value])))];
  },
});
