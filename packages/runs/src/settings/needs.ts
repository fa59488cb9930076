// Dependencies of settings, from their rows in the table: on another setting, or on the model. Errors, help and the playground's fields derive from it.
import type { ModelName } from "@mlpconv/models";
import { valueAt } from "./places.js";
import type { Setting, SettingTable } from "./setting.js";

type Row = Pick<Setting<unknown>, "flag" | "help" | "models" | "modelsByValue" | "needs">;

/** Whether a setting has an effect beside the others. */
export const hasEffect = ({ needs }: Pick<Row, "needs">, config: object): boolean => {
  if (!needs) return true;
  const value = valueAt(config, needs.place);
  return needs.value === undefined ? value !== undefined : value === needs.value;
};

/** The models that a setting has that value for; undefined: all. */
export const modelsWith = (
  { models, modelsByValue }: Pick<Row, "models" | "modelsByValue">,
  value: unknown,
): readonly ModelName[] | undefined => modelsByValue?.[String(value)] ?? models;

const flagOf = ({ flag }: Pick<Row, "flag">): string => flag.split(" ")[0]!;

/** What a setting needs, as flags: "--schedule restarts", "--init-from". */
const needWords = ({ place, value }: NonNullable<Row["needs"]>, table: SettingTable): string =>
  [flagOf(table[place]!), ...(value === undefined ? [] : [value])].join(" ");

/** The settings that were given, by path, and have no effect beside the others: "expected --cycles with --schedule restarts, got constant; leave it out". */
export const needProblems = (
  table: SettingTable,
  given: Readonly<Record<string, unknown>>,
  config: object,
): string[] =>
  Object.entries(table).flatMap(([place, row]) => {
    // A flag that is off needs nothing.
    if (!row.needs || given[place] === undefined || given[place] === false || hasEffect(row, config))
      return [];
    const got = valueAt(config, row.needs.place) ?? "none";
    return [`expected ${flagOf(row)} with ${needWords(row.needs, table)}, got ${got}; leave it out`];
  });

/** Help text of a setting, with what it depends on. */
export const helpOf = ({ help, needs, modelsByValue = {} }: Row, table: SettingTable): string =>
  [
    ...(needs ? [`with ${needWords(needs, table)}: `] : []),
    help,
    ...Object.entries(modelsByValue).map(([value, models]) => `; ${value} with ${models.join(", ")} alone`),
  ].join("");
