// Makes the library from its sources, once for each compiler and instruction set, in the user's cache.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Compiler, findCompiler, runProgram } from "./compiler.js";
import { type Isa, isaFlags } from "./isa.js";
import { NativeError } from "./native-error.js";

const FLAGS = [
  "-std=c++20",
  "-O3",
  "-pthread",
  "-fno-math-errno",
  "-ffp-contract=fast",
  "-fvisibility=hidden",
];
const POSITION_INDEPENDENT = process.platform === "win32" ? [] : ["-fPIC"];
// A library that lacks a function would otherwise be found out when it is loaded, every time.
const LINK = ["-shared", ...(process.platform === "linux" ? ["-Wl,--no-undefined"] : [])];

/** The library's file name on this platform. */
export const libraryName = (isa: Isa): string =>
  `mlpconv-${isa}.${{ win32: "dll", darwin: "dylib" }[process.platform as string] ?? "so"}`;

/** Where compiled libraries are kept: the operating system's cache folder, or a temporary one for a user without a home. */
export const cacheFolder = async (): Promise<string> => {
  try {
    // Imported late because it asks for the home folder when it loads, which throws for a user id that has no account.
    const { default: envPaths } = await import("env-paths");
    return join(envPaths("mlpconv", { suffix: "" }).cache, "native");
  } catch {
    return join(tmpdir(), "mlpconv-native");
  }
};

const sourceNames = async (sources: string): Promise<string[]> =>
  (await readdir(sources)).filter((name) => /\.(cpp|h)$/.test(name)).sort();

/** A hash of all sources, names included. */
export const hashSources = async (sources: string): Promise<string> => {
  const hash = createHash("sha256");
  for (const name of await sourceNames(sources))
    hash.update(`\0${name}\0`).update(await readFile(join(sources, name)));
  return hash.digest("hex");
};

export interface CompileOptions {
  /** The folder of the .cpp and .h files. */
  sources: string;
  isa: Isa;
  cache: string;
  /** Further flags for the linker. */
  link?: readonly string[];
  /** Told before a compilation starts, which takes from half a minute to a minute. */
  onStart?: (files: number, compiler: Compiler) => void;
}

/**
 * The path of the compiled library: the cached one when sources, compiler and flags are the same, else a new one.
 * Processes that compile at once do not disturb each other: each works in a folder of its own, and the first to finish is kept.
 *
 * @throws NativeError `not-built`, with the compiler's words when it does not compile
 */
export const compile = async ({
  sources,
  isa,
  cache,
  link = [],
  onStart,
}: CompileOptions): Promise<string> => {
  const compiler = await findCompiler();
  const files = (await sourceNames(sources)).filter((name) => name.endsWith(".cpp"));
  const flags = [...FLAGS, ...POSITION_INDEPENDENT, ...isaFlags[isa]];
  const linking = [...LINK, ...link];
  const made = [compiler, flags, linking, process.platform, process.arch, await hashSources(sources)];
  const hash = createHash("sha256").update(JSON.stringify(made)).digest("hex");
  const folder = join(cache, hash.slice(0, 32));
  const library = join(folder, libraryName(isa));
  if (existsSync(library)) return library;

  onStart?.(files.length, compiler);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "compiling-"));
  try {
    const objects = files.map((name) => join(work, `${basename(name, ".cpp")}.o`));
    await inParallel(
      files.map((name, i) => () => build(compiler, [...flags, "-c", join(sources, name), "-o", objects[i]!])),
    );
    await build(compiler, [...flags, ...objects, ...linking, "-o", join(work, libraryName(isa))]);
    await Promise.all(objects.map((object) => rm(object)));
    await rename(work, folder).catch((error) => {
      // Another process was faster: its library is as good.
      if (!existsSync(library)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return library;
};

const build = async (compiler: Compiler, parameters: string[]): Promise<void> => {
  try {
    await runProgram(compiler, parameters);
  } catch (cause) {
    const command = [compiler.command, ...compiler.arguments, ...parameters].join(" ");
    throw new NativeError(
      "not-built",
      `the kernels do not compile: ${command}\n${(cause as Error).message}`,
      "use another compiler (CXX=clang++) and report this",
      { cause },
    );
  }
};

/** As many at a time as there are cores; the first failure is the result, after the running ones have ended. */
const inParallel = async (tasks: (() => Promise<void>)[]): Promise<void> => {
  const queue = tasks.values();
  let failed = false;
  const worker = async () => {
    for (const task of queue) {
      if (failed) return;
      await task().catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
};
