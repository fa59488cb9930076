// A program with several commands: runs them and turns errors into messages and exit codes.
import { systemErrorMessage } from "@mlpconv/weights/node";
import { Command, CommanderError } from "commander";
import { exitCodeOf, UsageError } from "./errors.js";
import { checkOneProcess, speaksForAll, tellFailure } from "./one-process.js";
import { setProgramName } from "./program-name.js";
import { outliveReaders } from "./streams.js";
import { columnsOf, wrapHelp } from "./terminal.js";

/** Creates a program with the given command name, such as "pnpm". Add commands, then pass it to `runProgram`. */
export const createProgram = (name: string): Command => {
  setProgramName(name);
  return new Command(name)
    .description("Train classic image classifiers")
    .showSuggestionAfterError()
    .hook("preAction", (_, command) => checkOneProcess(command.name()));
};

/** Runs the command that the arguments name, prints errors, and returns the exit code. */
export const runProgram = async (program: Command, args: readonly string[]): Promise<number> => {
  for (const command of [program, ...program.commands]) {
    // commander's own message is suppressed; the error is printed once, below, in the common form.
    command.exitOverride().configureOutput({
      outputError: () => {},
      writeOut: (text) => writeHelp(text, process.stdout),
      writeErr: (text) => writeHelp(text, process.stderr),
    });
  }
  const stdoutProblem = outliveReaders();
  const code = await run(program, args);
  // Lets error events of the last writes be handled first.
  await new Promise(setImmediate);
  const problem = stdoutProblem();
  if (!problem || code !== 0) return code;
  const name = args[0] ?? program.name();
  process.stderr.write(`${name}: expected stdout to take the output, got ${systemErrorMessage(problem)}\n`);
  return 1;
};

const writeHelp = (text: string, stream: NodeJS.WriteStream): void => {
  if (!speaksForAll()) return;
  const columns = columnsOf(stream);
  stream.write(columns ? wrapHelp(text, columns) : text);
};

const run = async (program: Command, args: readonly string[]): Promise<number> => {
  try {
    await program.parseAsync(withoutSeparator(args), { from: "user" });
    return 0;
  } catch (error) {
    // commander reports help and version as errors: code 0 when requested; code 1 for help when no command was named.
    if (error instanceof CommanderError && /^commander\.(help|version)/.test(error.code))
      return error.exitCode && 2;
    const known =
      error instanceof CommanderError ? asUsageError(error, args[0] ?? program.name(), program) : error;
    await tellFailure(known);
    return exitCodeOf(known);
  }
};

/** Removes the first `--`: npm needs `npm run train -- --seed 1`, but pnpm passes the `--` on, where it would end the flags. */
const withoutSeparator = (args: readonly string[]): string[] =>
  args[1] === "--" ? [args[0]!, ...args.slice(2)] : [...args];

/** Rewrites commander's "error: unknown option '--epoch'\n(Did you mean --epochs?)" in the common form. */
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
