// The machine's C++ compiler: which one, and how a command of it is run.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { NativeError } from "./native-error.js";

export interface Compiler {
  command: string;
  /** What comes before a call's own arguments, as in CXX="ccache g++". */
  arguments: readonly string[];
  /** Its first words about itself: part of the key of what it makes. */
  version: string;
}

const CANDIDATES = ["c++", "g++", "clang++"];

const install: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "xcode-select --install",
  linux: "for example `apt-get install g++`",
  win32: "for example MSYS2's mingw-w64 g++",
};

export interface RunOptions {
  /** Milliseconds after which the program is ended, which is an error. Default: none. */
  limit?: number | undefined;
}

/** What the program wrote, or an Error whose message is what it wrote before it failed. */
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
    // A compiler does not outlive the program that started it.
    const end = () => child.kill();
    process.on("exit", end);
    const stop = () => {
      late = true;
      child.kill("SIGKILL");
      // What it has started may hold these open long after it has ended.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = limit === undefined ? undefined : setTimeout(stop, limit);
  });

/**
 * The command and its options in `CXX`: the name of a file as it is, even with spaces in it, else words, of which quotes keep
 * spaces: `"/opt/my tools/g++" -m64`.
 */
const splitCommand = (cxx: string): string[] => {
  if (existsSync(cxx)) return [cxx];
  const words = cxx.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
};

/** Milliseconds for a compiler to say its version. */
const ANSWER = 30_000;

/**
 * The compiler that `CXX` names, else the first of c++, g++ and clang++ that runs.
 *
 * @throws NativeError `not-built` when there is none
 */
export const findCompiler = async (cxx = process.env.CXX, limit = ANSWER): Promise<Compiler> => {
  const candidates = cxx?.trim() ? [splitCommand(cxx.trim())] : CANDIDATES.map((name) => [name]);
  let problem = "";
  for (const [command, ...rest] of candidates) {
    const compiler = { command: command!, arguments: rest };
    try {
      return { ...compiler, version: await runProgram(compiler, ["--version"], { limit }) };
    } catch (error) {
      // Not there, or not a compiler: the next one.
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
