// The kinds of numbers that files of a run folder hold, each with what it must be in words.
import * as v from "valibot";

/** 0, 1, 2, ... that JavaScript keeps exactly. */
export const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** 1, 2, 3, ... */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** A share of a whole, 0 to 1. */
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** A share that leaves something over, 0 to below 1. */
export const shareBelowOne = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
/** A number from 0 up, Infinity not included. */
export const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));
/** A number above 0, Infinity not included. */
export const aboveZero = v.pipe(v.number(), v.finite(), v.gtValue(0));
/** A loss in nats: rounding can bring it a little below 0. */
export const finite = v.pipe(v.number(), v.finite());
/** A text that is not empty. */
export const name = v.pipe(v.string(), v.nonEmpty());

/** A whole number within limits. */
export const wholeFrom = (from: number, to: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(from), v.maxValue(to));
