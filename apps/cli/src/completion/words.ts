// What there is to complete, read from the program itself: its commands, their flags, and the values of those.

import { engineChoices } from "@mlpconv/cli-kit";
import { modelNames } from "@mlpconv/models";
import { biasRules, optimizers, presetNames, schedules, weightRules, weightsNames } from "@mlpconv/runs";
import { formats, inversions } from "@mlpconv/train";
import type { Command } from "commander";

/** Words to choose from; or what only the shell can look up. */
export type Values = readonly string[] | "runs" | "files" | "anything";

interface FlagWords {
  /** With its dashes. */
  flag: string;
  description: string;
  /** Absent for a flag that takes no value. */
  values?: Values;
}

export interface CommandWords {
  name: string;
  description: string;
  flags: FlagWords[];
  /** What stands without a flag, such as the pictures of `predict`. */
  operands: Values;
}

/** The flags whose values are known; a flag means the same in every command. */
export const valuesOf: Readonly<Record<string, Values>> = {
  "--biases": biasRules,
  "--data": "files",
  "--engine": engineChoices,
  "--init": weightRules,
  "--invert": inversions,
  "--model": modelNames,
  "--models": modelNames,
  "--optimizer": optimizers,
  "--out": "files",
  "--preset": presetNames,
  "--run": "runs",
  "--schedule": schedules,
  "--to": formats,
  "--weights": weightsNames,
};

export const operandsOf: Readonly<Record<string, Values>> = {
  completion: ["bash", "fish", "zsh"],
  export: "files",
  predict: "files",
  report: "runs",
};

export const readWords = (program: Command): CommandWords[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    operands: operandsOf[command.name()] ?? "anything",
    flags: [...command.options, ...helpFlag].map(({ long, description, ...option }) => ({
      flag: long!,
      description,
      ...("required" in option && option.required && { values: valuesOf[long!] ?? "anything" }),
    })),
  }));

// Commander keeps it apart.
const helpFlag = [{ long: "--help", description: "display help for command" }];

/** The values of each flag that takes one, whichever command it belongs to. */
export const valuesByFlag = (commands: readonly CommandWords[]): Map<string, Values> =>
  new Map(
    commands.flatMap(({ flags }) =>
      flags.flatMap(({ flag, values }): [string, Values][] => (values ? [[flag, values]] : [])),
    ),
  );
