// Tables of options: flags and help for commander, completion for shells and checked values derive from a program's rows.
import { Argument, type Command, Option } from "commander";
import type { flagReader, OptionKind } from "./flag-values.js";

/** A row of a program's options. Rows of the table of settings are such rows too. */
export interface OptionRow<T> {
  /** The flag as help shows it, with a word for its value: "--run <name>". */
  flag: `--${string}`;
  kind: OptionKind<T>;
  /** What help says of the flag. */
  help: string;
  /** What help says of `--no-<flag>`, for an option that is true or false and has both. */
  helpOff?: string;
}

/** What holds when a flag is not given; with neither column, the value is not there. */
export interface NotGiven<T> {
  /** This value. */
  otherwise?: T;
  /** The error: the flag must be given. */
  needed?: string;
}

/** A row; the type of its value follows from its kind. */
export const option = <T, const Columns extends { flag: string } & NotGiven<NoInfer<T>>>(
  row: OptionRow<T> & Columns,
): OptionRow<T> & Columns => row;

// biome-ignore lint/suspicious/noExplicitAny: rows of any value; each row's own type says which.
export type OptionTable = Readonly<Record<string, OptionRow<any> & NotGiven<any>>>;

type ValueOf<Row> = Row extends { kind: OptionKind<infer T> } ? T : never;
type Sure<Table> = {
  [Key in keyof Table]: Table[Key] extends { otherwise: unknown } | { needed: string } ? Key : never;
}[keyof Table];

/** The values that a command line gives to the options of a table. */
export type OptionValues<Table> = {
  [Key in Sure<Table>]: ValueOf<Table[Key]>;
} & {
  [Key in Exclude<keyof Table, Sure<Table>>]?: ValueOf<Table[Key]> | undefined;
};

/** The flags as they were typed, as commander gives them. */
export type TypedFlags = Readonly<Record<string, string | boolean | undefined>>;

/** What a shell can offer: words, or what it looks up itself. */
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

/** What stands on a command line without a flag, such as "[images...]". */
export const operand = (name: string, help: string, completion: Completion): Argument =>
  new Operand(name, help, completion);

/** What a shell can offer for an option's value or an operand. */
export const completionOf = (taker: Option | Argument): Completion =>
  taker instanceof TableOption || taker instanceof Operand ? taker.completion : "anything";

/** `--epochs` of "--epochs <n>". */
export const flagName = ({ flag }: Pick<OptionRow<unknown>, "flag">): string => flag.split(" ")[0]!;

const offFlag = (flag: string): string => flag.replace("--", "--no-");

/** Adds the options in the table's order; values stay text, for `readOptions` to check all at once. */
export const addOptions = (command: Command, table: OptionTable): Command => {
  for (const { flag, help, helpOff, kind } of Object.values(table)) {
    const completion = kind.choices ?? kind.completes ?? "anything";
    command.addOption(new TableOption(flag, help, completion));
    if (helpOff !== undefined) command.addOption(new TableOption(offFlag(flag), helpOff, completion));
  }
  return command;
};

/** Reads the options with the command's own reader, so that all problems are told together. A value that was not given has no key. */
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
  // Each value is of its row's kind.
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as OptionValues<Table>;
};

/** The arguments that give a program these values. */
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
