// Compiles the library from its sources, once for each compiler and instruction set, into the user's cache.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, lstat, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CHECKSUMS, findDamage, flush, writeChecksums } from "./checksums.js";
import { type Compiler, findCompiler, runProgram } from "./compiler.js";
import { inParallel } from "./in-parallel.js";
import { type Isa, isaFlags } from "./isa.js";
import { NativeError } from "./native-error.js";
import { checkPrivate, FILE_MODE, FOLDER_MODE } from "./private-folder.js";

const FLAGS = [
  "-std=c++20",
  "-O3",
  "-pthread",
  "-fno-math-errno",
  "-ffp-contract=fast",
  "-fvisibility=hidden",
];
const POSITION_INDEPENDENT = process.platform === "win32" ? [] : ["-fPIC"];
// `--no-undefined` reports a missing function now instead of at each load. koffi closes the library when Node ends, but the pool's threads
// still run its code then, so it must stay mapped (`nodelete`).
const LINK = ["-shared", ...(process.platform === "linux" ? ["-Wl,--no-undefined", "-Wl,-z,nodelete"] : [])];

/** The library's file name on this platform. */
export const libraryName = (isa: Isa): string =>
  `mlpconv-${isa}.${{ win32: "dll", darwin: "dylib" }[process.platform as string] ?? "so"}`;

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
  /** Result of `findCompiler`, if already known. */
  compiler?: Compiler;
  /** A folder that only this user can write to: see `openCache`. */
  cache: string;
  /** Further flags for the linker. */
  link?: readonly string[];
  /** Called before the first file and after each one; compiling all files takes from half a minute to two minutes. */
  onProgress?: (done: number, files: number, compiler: Compiler) => void;
  /** Called when a cached library is damaged and is compiled again. */
  onWarning?: (message: string) => void;
}

/** Part of the hash that names a library's folder. A new number makes folders of earlier releases with another layout unused. */
const LAYOUT = 2;

/**
 * The path of the compiled library: the cached one if sources, compiler and flags are the same, otherwise a new one.
 * Processes that compile at the same time do not interfere: each works in its own folder, and the first result is kept.
 * A cached library is used only if its hash matches its manifest.
 *
 * @throws NativeError `not-built`, with the compiler's output when it fails
 */
export const compile = async ({
  sources,
  isa,
  compiler: given,
  cache,
  link = [],
  onProgress,
  onWarning,
}: CompileOptions): Promise<string> => {
  const compiler = given ?? (await findCompiler());
  const files = (await sourceNames(sources)).filter((name) => name.endsWith(".cpp"));
  const flags = [...FLAGS, ...POSITION_INDEPENDENT, ...isaFlags[isa]];
  const linking = [...LINK, ...link];
  const made = [LAYOUT, compiler, flags, linking, process.platform, process.arch, await hashSources(sources)];
  const hash = createHash("sha256").update(JSON.stringify(made)).digest("hex");
  const folder = join(cache, hash.slice(0, 32));
  const name = libraryName(isa);
  await removeLeftovers(cache);
  if (existsSync(folder)) {
    const damage = await findFault(folder, name);
    if (!damage) return join(folder, name);
    onWarning?.(`${damage}; it is compiled again`);
  }

  onProgress?.(0, files.length, compiler);
  const work = await workFolder(cache).catch((cause: Error) => {
    throw noPlace(cause);
  });
  try {
    let done = 0;
    const objects = files.map((file) => join(work.path, `${basename(file, ".cpp")}.o`));
    const tasks = files.map((file, i) => async () => {
      await build(compiler, [...flags, "-c", join(sources, file)], objects[i]!);
      onProgress?.(++done, files.length, compiler);
    });
    await inParallel(tasks);
    await build(compiler, [...flags, ...objects, ...linking], join(work.path, name));
    await chmod(join(work.path, name), FILE_MODE);
    await Promise.all(objects.map((object) => rm(object)));
    await writeChecksums(work.path, [name]);
    await moveIntoPlace(work.path, folder, name);
    await flush(cache);
  } catch (cause) {
    if (cause instanceof NativeError) throw cause;
    throw noPlace(cause as Error);
  } finally {
    await work.remove();
  }
  return join(folder, name);
};

const noPlace = (cause: Error) =>
  new NativeError(
    "not-built",
    `no place for compiled kernels: ${cause.message}`,
    "make room, or name a folder that can be written in XDG_CACHE_HOME",
    { cause },
  );

/**
 * Compiles the library and passes it to `load`. A cached library that does not load is compiled again, once, with a warning.
 *
 * @throws the errors of `compile`, and those of `load` for a library that was just compiled
 */
export const compileAndLoad = async <T>(options: CompileOptions, load: (file: string) => T): Promise<T> => {
  let compiled = false;
  const onProgress: CompileOptions["onProgress"] = (...progress) => {
    compiled = true;
    options.onProgress?.(...progress);
  };
  for (;;) {
    const file = await compile({ ...options, onProgress });
    try {
      return load(file);
    } catch (error) {
      await rm(dirname(file), { recursive: true, force: true }).catch(() => {});
      if (compiled) throw error;
      options.onWarning?.(`${file} does not load: ${(error as Error).message}; it is compiled again`);
    }
  }
};

/** Reason why the library of a folder must not be loaded; undefined if it may be loaded. */
const findFault = async (folder: string, name: string): Promise<string | undefined> => {
  try {
    await checkPrivate(folder, "folder");
    for (const file of [CHECKSUMS, name]) await checkPrivate(join(folder, file), "file");
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    return code ? `${path}: expected a file that can be read, got ${code}` : message;
  }
  return findDamage(folder, name);
};

/** Renames the folder of a finished library. If another process has put one there meanwhile, that one is kept unless it is damaged. */
const moveIntoPlace = async (work: string, folder: string, name: string): Promise<void> => {
  try {
    await rename(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    if (!(await findFault(folder, name))) return;
    await rename(folder, `${work}-damaged`);
    await rename(work, folder);
  }
};

const WORK = "compiling-";
/** Milliseconds between updates of a work folder by the process that compiles. */
const ALIVE = 10_000;
/** Milliseconds without an update after which the process of a work folder is considered dead. */
const DEAD = 600_000;

/** A new folder for one compilation, updated until it ends. */
const workFolder = async (cache: string) => {
  const path = await mkdtemp(join(cache, WORK));
  await chmod(path, FOLDER_MODE);
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, ALIVE);
  touch.unref();
  const remove = async () => {
    clearInterval(touch);
    // A damaged library may belong to another user, and then only that user can remove it.
    for (const folder of [path, `${path}-damaged`])
      await rm(folder, { recursive: true, force: true }).catch(() => {});
  };
  return { path, remove };
};

/** Removes work folders of killed processes. Process ids cannot be used, because several containers may share the cache. */
const removeLeftovers = async (cache: string): Promise<void> => {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(WORK)) continue;
    const path = join(cache, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > DEAD)
      await rm(path, { recursive: true, force: true }).catch(() => {});
  }
};

/** Runs the compiler, which must write `output`. */
const build = async (compiler: Compiler, parameters: string[], output: string): Promise<void> => {
  const all = [...parameters, "-o", output];
  try {
    await runProgram(compiler, all);
    // Some compiler wrappers succeed even if the file was not written.
    if (!((await stat(output)).size > 0)) throw new Error("it wrote an empty file");
  } catch (cause) {
    const command = [compiler.command, ...compiler.arguments, ...all].join(" ");
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new NativeError(
      "not-built",
      `the kernels do not compile: ${command}\n${code === "ENOENT" ? "it wrote no file" : message}`,
      "use another compiler (CXX=clang++) and report this",
      { cause },
    );
  }
};
