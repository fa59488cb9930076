// Schemas of the numbers in a run folder's files.
import * as v from "valibot";

/** A whole number from 0 up that JavaScript represents exactly. */
export const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A whole number from 1 up. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** A share, 0 to 1. */
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** A share below 1, from 0 up. */
export const shareBelowOne = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
/** A number from 0 up, Infinity not included. */
export const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));
/** A number above 0, Infinity not included. */
export const aboveZero = v.pipe(v.number(), v.finite(), v.gtValue(0));
/** A finite number, such as a loss in nats, which rounding can make slightly negative. */
export const finite = v.pipe(v.number(), v.finite());
/** A non-empty text. */
export const name = v.pipe(v.string(), v.nonEmpty());

/** A whole number within limits. */
export const wholeFrom = (from: number, to: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(from), v.maxValue(to));
