// Type of a row in the table of settings, and the schemas of config.json that derive from it.
import type { ModelName } from "@mlpconv/models";
import * as v from "valibot";
import type { Kind } from "./kinds.js";

/** The value that another setting must have for a setting to have an effect. */
export interface Need {
  /** Path of the other setting in config.json. */
  place: string;
  /** Its value; absent: any. */
  value?: string;
}

/** Columns of a setting. */
export interface Setting<T> {
  /** The flag as shown in help, with a word for its value: "--epochs <n>". */
  flag: `--${string}`;
  /** Kind of its values. */
  kind: Kind<T>;
  /** Help text of the flag. */
  help: string;
  /** Help text of `--no-<flag>`, for a boolean setting. */
  helpOff?: string;
  /** The models that have this setting; absent: all models. */
  models?: readonly ModelName[];
  /** The models that have a value, for values that not all of them have. */
  modelsByValue?: Readonly<Record<string, readonly ModelName[]>>;
  /** The setting without which this one has no effect; absent: it always has one. */
  needs?: Need;
  /** Text for the value in the recipe that `train` prints; undefined prints nothing. Absent: never printed. */
  words?(value: T): string | undefined;
  /** Heading of its column in tables of comparisons; absent: no column. */
  column?: string;
  /** Whether `train --resume` may change it; absent: no. Only what neither the model nor the optimiser's state depends on. */
  resumable?: true;
}

/** The value when neither a preset nor a flag gives one. With neither column, every preset must give a value. */
export interface Unsaid<T> {
  /** Default value, also for a config.json that was written before the setting existed. */
  default?: T;
  /** Meaning of a config.json without the setting, in words. */
  absent?: string;
}

/** A row of the table; the type of its value is inferred from its kind. */
export const setting = <T, const Columns extends { flag: string } & Unsaid<NoInfer<T>>>(
  row: Setting<T> & Columns,
): Setting<T> & Columns => row;

/** Rows with values of any type, by their paths in config.json. */
// biome-ignore lint/suspicious/noExplicitAny: each row's own type says which value it has.
export type SettingTable = Readonly<Record<string, Setting<any> & Unsaid<any>>>;

type SchemaOf<Row> = Row extends { kind: Kind<infer T> }
  ? Row extends { default: infer Default extends T }
    ? v.OptionalSchema<v.GenericSchema<T>, Default>
    : Row extends { absent: string }
      ? v.ExactOptionalSchema<v.GenericSchema<T>, undefined>
      : v.GenericSchema<T>
  : never;

/** The schema of each setting in config.json. */
export const schemasOf = <Table extends SettingTable>(table: Table) =>
  Object.fromEntries(
    Object.entries(table).map(([place, { kind, ...row }]) => [place, schemaOf(kind.schema, row)]),
  ) as { [Place in keyof Table]: SchemaOf<Table[Place]> };

const schemaOf = (schema: v.GenericSchema, row: Unsaid<unknown>): v.GenericSchema => {
  if (row.default !== undefined) return v.optional(schema, row.default);
  return row.absent === undefined ? schema : v.exactOptional(schema);
};
