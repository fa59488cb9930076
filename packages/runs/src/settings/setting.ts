// One row of the table of settings: its columns, and what they make of config.json.
import type { ModelName } from "@mlpconv/models";
import * as v from "valibot";
import type { Kind } from "./kinds.js";

/** The columns of a setting. */
export interface Setting<T> {
  /** The flag as help shows it, with a word for its value: "--epochs <n>". */
  flag: `--${string}`;
  /** Which values it has. */
  kind: Kind<T>;
  /** What help says of the flag. */
  help: string;
  /** What help says of `--no-<flag>`, for a setting that is true or false. */
  helpOff?: string;
  /** The models that have this setting; absent: all. */
  models?: readonly ModelName[];
  /** How the value reads where `train` prints the recipe; where there is nothing to say, undefined. Absent: never printed. */
  words?(value: T): string | undefined;
  /** The heading of its column in tables of comparisons; absent: it has none. */
  column?: string;
  /** A resumed run may change it; absent: it may not. */
  resumable?: true;
}

/** What holds where neither a preset nor a flag gives a value. With neither column, every preset must give one. */
export interface Unsaid<T> {
  /** This value, which is also read from a config.json that was written before the row was added. */
  default?: T;
  /** What it means that config.json leaves the setting out, in words. */
  absent?: string;
}

/** A row of the table; the type of its value follows from its kind. */
export const setting = <T, const Columns extends { flag: string } & Unsaid<NoInfer<T>>>(
  row: Setting<T> & Columns,
): Setting<T> & Columns => row;

/** Rows of any values by their places in config.json. */
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
