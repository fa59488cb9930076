// Finds the machine's C++ compiler and runs it.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { NativeError } from "./native-error.js";

export interface Compiler {
  command: string;
  /** Arguments that precede those of each call, as in CXX="ccache g++". */
  arguments: readonly string[];
  /** The first line of its version output, part of the cache key of the libraries that it compiles. */
  version: string;
}

const CANDIDATES = ["c++", "g++", "clang++"];

const install: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "xcode-select --install",
  linux: "for example `apt-get install g++`",
  win32: "for example MSYS2's mingw-w64 g++",
};

export interface RunOptions {
  /** Milliseconds after which the program is killed, which is an error. Default: no limit. */
  limit?: number | undefined;
}

/** The program's output. A failure rejects with an Error whose message is the output. */
export const runProgram = (
  { command, arguments: before }: Pick<Compiler, "command" | "arguments">,
  rest: readonly string[],
  { limit }: RunOptions = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    let late = false;
    const options = { encoding: "utf8" as const, maxBuffer: 2 ** 26 };
    const child = execFile(command, [...before, ...rest], options, (error, out, err) => {
      process.off("exit", end);
      clearTimeout(timer);
      if (late) reject(new Error(`no end within ${limit! / 1000} s`));
      else if (error) reject(new Error(`${err}${out}`.trim() || error.message, { cause: error }));
      else resolve(out);
    });
    // The compiler must end with the process that started it.
    const end = () => child.kill();
    process.on("exit", end);
    const stop = () => {
      late = true;
      child.kill("SIGKILL");
      // Its child processes may keep these streams open long after it has ended.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = limit === undefined ? undefined : setTimeout(stop, limit);
  });

/**
 * Splits `CXX` into a command and its options. The name of an existing file is used as it is, even with spaces; otherwise words are split, and
 * quotes preserve spaces: `"/opt/my tools/g++" -m64`.
 */
const splitCommand = (cxx: string): string[] => {
  if (existsSync(cxx)) return [cxx];
  const words = cxx.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
};

/** Milliseconds for a compiler to print its version. */
const ANSWER = 30_000;

/**
 * The compiler that `CXX` names, otherwise the first of c++, g++ and clang++ that runs.
 *
 * @throws NativeError `not-built` when there is no compiler
 */
export const findCompiler = async (cxx = process.env.CXX, limit = ANSWER): Promise<Compiler> => {
  const candidates = cxx?.trim() ? [splitCommand(cxx.trim())] : CANDIDATES.map((name) => [name]);
  let problem = "";
  for (const [command, ...rest] of candidates) {
    const compiler = { command: command!, arguments: rest };
    try {
      return { ...compiler, version: await runProgram(compiler, ["--version"], { limit }) };
    } catch (error) {
      // The command does not exist or is no compiler; the next one is tried.
      problem = (error as Error).message.split("\n", 1)[0]!;
    }
  }
  if (cxx?.trim())
    throw new NativeError(
      "not-built",
      `the C++ compiler that CXX names, "${cxx}", does not run with --version: ${problem}`,
      "correct CXX, in which quotes keep the spaces of a path, or unset it",
    );
  const platform = `${process.platform}-${process.arch}`;
  throw new NativeError(
    "not-built",
    `no prebuilt library for ${platform} that fits is installed and no C++ compiler was found (${CANDIDATES.join(", ")})`,
    `install @mlpconv/engine-native-${platform} if there is one, or a C++ compiler (${install[process.platform] ?? "g++ or clang++"})`,
  );
};
