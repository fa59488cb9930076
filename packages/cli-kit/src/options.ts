// Tables of options. From a program's rows derive its flags and help (commander), shell completion and checked values.
import { Argument, type Command, Option } from "commander";
import type { flagReader, OptionKind } from "./flag-values.js";

/** A row of a program's options. Rows of the table of settings have this form too. */
export interface OptionRow<T> {
  /** The flag as shown in help, with a word for its value: "--run <name>". */
  flag: `--${string}`;
  kind: OptionKind<T>;
  /** Help text of the flag. */
  help: string;
  /** Help text of `--no-<flag>`, for a boolean option that has both flags. */
  helpOff?: string;
}

/** The value when a flag is not given; with neither column, the option then has no value. */
export interface NotGiven<T> {
  /** Default value. */
  otherwise?: T;
  /** Error message if the flag is missing; makes it required. */
  needed?: string;
}

/** A row of the table; the type of its value is inferred from its kind. */
export const option = <T, const Columns extends { flag: string } & NotGiven<NoInfer<T>>>(
  row: OptionRow<T> & Columns,
): OptionRow<T> & Columns => row;

// biome-ignore lint/suspicious/noExplicitAny: rows of any value; each row's own type says which.
export type OptionTable = Readonly<Record<string, OptionRow<any> & NotGiven<any>>>;

type ValueOf<Row> = Row extends { kind: OptionKind<infer T> } ? T : never;
type Sure<Table> = {
  [Key in keyof Table]: Table[Key] extends { otherwise: unknown } | { needed: string } ? Key : never;
}[keyof Table];

/** The values of a table's options on a command line. */
export type OptionValues<Table> = {
  [Key in Sure<Table>]: ValueOf<Table[Key]>;
} & {
  [Key in Exclude<keyof Table, Sure<Table>>]?: ValueOf<Table[Key]> | undefined;
};

/** The flags as typed, in commander's form. */
export type TypedFlags = Readonly<Record<string, string | boolean | undefined>>;

/** What a shell completes: fixed words, or names that it looks up. */
export type Completion = readonly string[] | "runs" | "files" | "anything";

class TableOption extends Option {
  constructor(
    flags: string,
    help: string,
    readonly completion: Completion,
  ) {
    super(flags, help);
  }
}

class Operand extends Argument {
  constructor(
    name: string,
    help: string,
    readonly completion: Completion,
  ) {
    super(name, help);
  }
}

/** An argument without a flag, such as "[images...]". */
export const operand = (name: string, help: string, completion: Completion): Argument =>
  new Operand(name, help, completion);

/** What a shell completes for an option's value or an operand. */
export const completionOf = (taker: Option | Argument): Completion =>
  taker instanceof TableOption || taker instanceof Operand ? taker.completion : "anything";

/** Name of the flag: `--epochs` of "--epochs <n>". */
export const flagName = ({ flag }: Pick<OptionRow<unknown>, "flag">): string => flag.split(" ")[0]!;

const offFlag = (flag: string): string => flag.replace("--", "--no-");

/** Adds the options in the table's order. Values stay text until `readOptions` checks them all at once. */
export const addOptions = (command: Command, table: OptionTable): Command => {
  for (const { flag, help, helpOff, kind } of Object.values(table)) {
    const completion = kind.choices ?? kind.completes ?? "anything";
    command.addOption(new TableOption(flag, help, completion));
    if (helpOff !== undefined) command.addOption(new TableOption(offFlag(flag), helpOff, completion));
  }
  return command;
};

/** Reads the options with the command's own reader, which reports all problems together. An option that was not given has no key. */
export const readOptions = <Table extends OptionTable>(
  table: Table,
  typed: TypedFlags,
  { given, needed }: Pick<ReturnType<typeof flagReader>, "given" | "needed">,
): OptionValues<Table> => {
  const values = Object.entries(table).map(([key, row]) => {
    const flag = flagName(row);
    const value = typed[new Option(flag).attributeName()];
    const text = value === undefined ? undefined : String(value);
    return [
      key,
      row.needed === undefined
        ? (given(text, row.kind, flag) ?? row.otherwise)
        : needed(text, row.kind, flag, row.needed),
    ];
  });
  // Each value has its row's type.
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as OptionValues<Table>;
};

/** The command-line arguments that give a program these values. */
export const argumentsOf = <Table extends OptionTable>(
  table: Table,
  values: { readonly [Key in keyof Table]?: ValueOf<Table[Key]> | undefined },
): string[] =>
  Object.keys(table).flatMap((key: keyof Table & string) => {
    const flag = flagName(table[key]!);
    const value: unknown = values[key];
    if (value === undefined) return [];
    if (typeof value === "boolean") return [value ? flag : offFlag(flag)];
    return [flag, String(value)];
  });
