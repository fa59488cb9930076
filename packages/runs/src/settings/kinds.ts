// Kinds of values that a setting can have: each is checked by one schema, in config.json and as the text of a flag.
import { aboveZero, atLeastZero, shareBelowOne, wholeFrom } from "@mlpconv/trainer/events";
import * as v from "valibot";

/** What a value may be. */
export interface Kind<T> {
  /** Checks the value in config.json, and the one that `read` gives. */
  schema: v.GenericSchema<T>;
  /** What a flag's text must be, for errors: "a number above 0, such as 0.05". */
  expected: string;
  /** The value that a flag's text stands for; undefined where it stands for none. */
  read(text: string): T | undefined;
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

// Number("") is 0.
const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** A whole number within limits; its text has digits alone. */
export const wholeNumber = (from: number, to: number): Kind<number> =>
  kind(wholeFrom(from, to), `a whole number from ${from} to ${to}`, (text) =>
    /^\d+$/.test(text) ? Number(text) : Number.NaN,
  );

/** A number above 0. */
export const positive: Kind<number> = kind(aboveZero, "a number above 0, such as 0.05", number);

/** A number from 0 up. */
export const notNegative: Kind<number> = kind(atLeastZero, "a number from 0 up", number);

/** A share of a whole that leaves something over. */
export const share: Kind<number> = kind(shareBelowOne, "a number from 0 to below 1", number);

/** One of a few names. */
export const oneOf = <const Name extends string>(names: readonly Name[]): Kind<Name> =>
  kind(v.picklist(names), `one of ${names.join(", ")}`, (text) => text, names);

/** True or false: a flag without a value, and its twin that begins with `--no-`. */
export const onOff: Kind<boolean> = kind(v.boolean(), "true or false", (text) =>
  text === "true" ? true : text === "false" ? false : undefined,
);
