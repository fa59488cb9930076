// Kinds of values that a setting can have: each is checked by one schema, in config.json and as the text of a flag.
import { augmentProblem, augmentText, parseAugment } from "@mlpconv/datasets/info";
import { aboveZero, atLeastZero, name, shareBelowOne, wholeFrom } from "@mlpconv/trainer/events";
import * as v from "valibot";

/** A kind of value. */
export interface Kind<T> {
  /** Checks the value, both in config.json and as returned by `read`. */
  schema: v.GenericSchema<T>;
  /** Description of valid texts, for errors: "a number above 0, such as 0.05". */
  expected: string;
  /** Converts a flag's text to a value; undefined if the text is invalid. */
  read(text: string): T | undefined;
  /** What is wrong with a text that stands for no value, where that can be said better than by `expected`: "expected ..., got ..." and a fix. */
  problem?(text: string, flag: string): string | undefined;
  /** All values, where there are few. */
  choices?: readonly string[];
}

const kind = <T>(
  schema: v.GenericSchema<T>,
  expected: string,
  parse: (text: string) => unknown,
  choices?: readonly string[],
): Kind<T> => ({
  schema,
  expected,
  read: (text) => {
    const result = v.safeParse(schema, parse(text));
    return result.success ? result.output : undefined;
  },
  ...(choices && { choices }),
});

// An empty text is NaN here, because Number("") is 0.
const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** A whole number within limits; its text must consist of digits. */
export const wholeNumber = (from: number, to: number): Kind<number> =>
  kind(wholeFrom(from, to), `a whole number from ${from} to ${to}`, (text) =>
    /^\d+$/.test(text) ? Number(text) : Number.NaN,
  );

/** A number above 0. */
export const positive: Kind<number> = kind(aboveZero, "a number above 0, such as 0.05", number);

/** A number from 0 up. */
export const notNegative: Kind<number> = kind(atLeastZero, "a number from 0 up", number);

/** A number from 1 up. */
export const atLeastOne: Kind<number> = kind(
  v.pipe(v.number(), v.finite(), v.minValue(1)),
  "a number from 1 up, such as 3",
  number,
);

/** A share from 0 to below 1. */
export const share: Kind<number> = kind(shareBelowOne, "a number from 0 to below 1", number);

/** One of a few names. */
export const oneOf = <const Name extends string>(names: readonly Name[]): Kind<Name> =>
  kind(v.picklist(names), `one of ${names.join(", ")}`, (text) => text, names);

/** A share of a whole that leaves something over and is not nothing. */
export const properShare: Kind<number> = kind(
  v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
  "a number above 0 and below 1, such as 0.2",
  number,
);

/** One of a few numbers. */
export const oneOfNumbers = <const N extends number>(numbers: readonly N[]): Kind<N> =>
  kind(v.picklist(numbers), `one of ${numbers.join(", ")}`, number, numbers.map(String));

/** True or false: a flag without a value, and its counterpart that begins with `--no-`. */
export const onOff: Kind<boolean> = kind(v.boolean(), "true or false", (text) =>
  text === "true" ? true : text === "false" ? false : undefined,
);

const canonical = (text: string): string =>
  augmentProblem(text) === undefined ? augmentText(parseAugment(text)) : "";

/** A text that is not empty. */
export const someText = (expected: string): Kind<string> => kind(name, expected, (text) => text);

/** A list of augmentations as text, in its one form: the operations in the order of their work. */
export const augmentList: Kind<string> = {
  ...kind(
    v.pipe(
      v.string(),
      v.check(
        (text) => text !== "" && canonical(text) === text,
        ({ input }) =>
          augmentProblem(input) ??
          `expected the list "${canonical(input)}", in the order of the work, got "${input}"`,
      ),
    ),
    "a list of augmentations, such as shift:2,erase:8",
    canonical,
  ),
  problem: augmentProblem,
};
