// A program made of commands: how it fails, in words and exit codes.
import { systemWords } from "@mlpconv/weights/node";
import { Command, CommanderError } from "commander";
import { describeError, ElsewhereError, exitCodeOf, UsageError } from "./errors.js";
import { checkOneProcess, endOthers } from "./one-process.js";
import { setProgramName } from "./program-name.js";
import { outliveReaders } from "./streams.js";
import { wrapHelp } from "./terminal.js";

/** The program that users start by this name, such as "pnpm"; add commands, then give it to `runProgram`. */
export const createProgram = (name: string): Command => {
  setProgramName(name);
  return new Command(name)
    .description("Train classic image classifiers on Fashion-MNIST")
    .showSuggestionAfterError()
    .hook("preAction", (_, command) => checkOneProcess(command.name()));
};

/** Runs the command that the arguments name. Errors are printed; the exit code is the answer. */
export const runProgram = async (program: Command, args: readonly string[]): Promise<number> => {
  for (const command of [program, ...program.commands]) {
    // The message is printed once, below, in the words of all errors.
    command.exitOverride().configureOutput({ outputError: () => {}, writeOut: writeHelp });
  }
  const stdoutProblem = outliveReaders();
  const code = await run(program, args);
  // The events of what was written last come before it.
  await new Promise(setImmediate);
  const problem = stdoutProblem();
  if (!problem || code !== 0) return code;
  const name = args[0] ?? program.name();
  process.stderr.write(`${name}: expected stdout to take the output, got ${systemWords(problem)}\n`);
  return 1;
};

const writeHelp = (text: string): void => {
  const { isTTY, columns } = process.stdout;
  process.stdout.write(isTTY ? wrapHelp(text, columns || 80) : text);
};

const run = async (program: Command, args: readonly string[]): Promise<number> => {
  try {
    await program.parseAsync(withoutSeparator(args), { from: "user" });
    return 0;
  } catch (error) {
    // To commander help and version are errors: of code 0 when asked for; help is of code 1 when no command was named.
    if (error instanceof CommanderError && /^commander\.(help|version)/.test(error.code))
      return error.exitCode && 2;
    const known =
      error instanceof CommanderError ? asUsageError(error, args[0] ?? program.name(), program) : error;
    const told = known instanceof ElsewhereError ? known.told : describeError(known);
    if (told !== undefined) process.stderr.write(`${told}\n`);
    const exitCode = exitCodeOf(known);
    await endOthers(exitCode);
    return exitCode;
  }
};

/** npm wants `npm run train -- --seed 1`; pnpm hands the `--` on, where it would end the flags. */
const withoutSeparator = (args: readonly string[]): string[] =>
  args[1] === "--" ? [args[0]!, ...args.slice(2)] : [...args];

/** "error: unknown option '--epoch'\n(Did you mean --epochs?)" in our form. */
const asUsageError = ({ code, message }: CommanderError, name: string, program: Command): UsageError => {
  const command = program.commands.find((each) => each.name() === name);
  if (code === "commander.excessArguments" && command) return tooManyArguments(command);
  const problem = message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean "$1"?');
  return new UsageError(name, [problem]);
};

const tooManyArguments = (command: Command): UsageError => {
  const most = command.registeredArguments.length;
  const more = command.args.slice(most).map((word) => `"${word}"`);
  const takesRun = command.options.some(({ long }) => long === "--run") && command.opts().run === undefined;
  const fix = takesRun ? `; name a run with --run ${command.args.at(-1)}` : "";
  const expected = most === 0 ? "no arguments but flags" : `${most} argument${most === 1 ? "" : "s"}`;
  return new UsageError(command.name(), [
    `expected ${expected}, got ${most === 0 ? "" : "also "}${more.join(", ")}${fix}`,
  ]);
};
