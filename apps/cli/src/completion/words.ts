// What there is to complete, read from the program itself: its commands, their flags, and the values of those.
import { type Completion, completionOf } from "@mlpconv/cli-kit";
import type { Command } from "commander";

interface FlagWords {
  /** The flag with its dashes. */
  flag: string;
  description: string;
  /** Absent for a flag that takes no value. */
  values?: Completion;
}

export interface CommandWords {
  name: string;
  description: string;
  flags: FlagWords[];
  /** What stands without a flag, such as the pictures of `predict`. */
  operands: Completion;
}

export const readWords = (program: Command): CommandWords[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    operands: command.registeredArguments.map(completionOf)[0] ?? "anything",
    flags: [
      ...command.options.map((option) => ({
        flag: option.long!,
        description: option.description,
        ...(option.required && { values: completionOf(option) }),
      })),
      helpFlag,
    ],
  }));

// Commander keeps it apart.
const helpFlag: FlagWords = { flag: "--help", description: "display help for command" };

/** The values of each flag that takes one, whichever command it belongs to. */
export const valuesByFlag = (commands: readonly CommandWords[]): Map<string, Completion> =>
  new Map(
    commands.flatMap(({ flags }) =>
      flags.flatMap(({ flag, values }): [string, Completion][] => (values ? [[flag, values]] : [])),
    ),
  );
