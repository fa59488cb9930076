// Finds the first field in which two JSON values differ.

/** Difference between two JSON values. */
export interface Difference {
  /** Path of the field: "net.init.weights". */
  field: string;
  /** The first value's field, as JSON; "none" if absent. */
  was: string;
  /** The second value's field, as JSON; "none" if absent. */
  is: string;
}

/** The first difference; undefined if the values are equal. The order of fields does not matter. */
export const differingField = (was: unknown, is: unknown, field = ""): Difference | undefined => {
  if (!isObject(was) || !isObject(is)) {
    const [a, b] = [shown(was), shown(is)];
    return a === b ? undefined : { field: field || "the whole file", was: a, is: b };
  }
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const path = field === "" ? key : `${field}.${key}`;
    const difference = differingField(was[key], is[key], path);
    if (difference) return difference;
  }
  return undefined;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => JSON.stringify(value) ?? "none";
