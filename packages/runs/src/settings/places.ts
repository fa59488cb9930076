// Paths in config.json: "net.dropout" is the field `dropout` of the field `net`.
import * as v from "valibot";

type Entries = Readonly<Record<string, v.GenericSchema>>;
type Head<Place> = Place extends `${infer Field}.${string}` ? Field : Place;
type Below<ByPlace, Field extends string> = {
  [Place in keyof ByPlace as Place extends `${Field}.${infer Rest}` ? Rest : never]: ByPlace[Place];
};
type Nested<ByPlace> = {
  [Place in keyof ByPlace as Head<Place>]: Place extends `${infer Field}.${string}`
    ? ObjectOf<Below<ByPlace, Field>>
    : ByPlace[Place];
};
type ObjectOf<ByPlace> =
  Nested<ByPlace> extends infer Fields extends v.ObjectEntries
    ? v.StrictObjectSchema<Fields, undefined>
    : never;

/** The schema of an object, from the schemas of its values by path. */
export const objectOf = <const ByPlace extends Entries>(byPlace: ByPlace): ObjectOf<ByPlace> => {
  const entries: Record<string, v.GenericSchema> = {};
  for (const [place, schema] of Object.entries(byPlace)) {
    const [field, ...rest] = place.split(".");
    if (rest.length === 0) entries[field!] = schema;
    else entries[field!] ??= objectOf(below(byPlace, `${field}.`));
  }
  // The type `Nested` describes what the loop builds.
  return v.strictObject(entries) as ObjectOf<ByPlace>;
};

const below = (byPlace: Entries, prefix: string): Entries =>
  Object.fromEntries(
    Object.entries(byPlace).flatMap(([place, schema]) =>
      place.startsWith(prefix) ? [[place.slice(prefix.length), schema]] : [],
    ),
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** The value at a path; undefined if absent. */
export const valueAt = (config: unknown, place: string): unknown =>
  place.split(".").reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), config);

/** A copy of an object with values set at their paths; undefined values leave the object's own. */
export const withValues = (config: object, values: Readonly<Record<string, unknown>>): object =>
  Object.entries(values).reduce<object>(
    (copy, [place, value]) => (value === undefined ? copy : put(copy, place.split("."), value)),
    config,
  );

const put = (config: object, [field, ...rest]: string[], value: unknown): object => {
  const inner = valueAt(config, field!);
  return { ...config, [field!]: rest.length === 0 ? value : put(isObject(inner) ? inner : {}, rest, value) };
};
