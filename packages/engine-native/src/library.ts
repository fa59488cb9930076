// Finds the compiled kernels for this machine: a prebuilt package, else the machine's own compiler.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, compile, libraryName } from "./compile.js";
import { type Native, openLibrary } from "./ffi.js";
import { chooseIsa, type Isa } from "./isa.js";
import { NativeError } from "./native-error.js";
import { chooseThreads } from "./threads.js";

/** Beside `src` and `dist` alike. */
const sources = fileURLToPath(new URL("../native/", import.meta.url));

/** The library in the optional package for this platform, which holds one for each instruction set. */
const findPrebuilt = (isa: Isa): string | undefined => {
  try {
    const { resolve } = createRequire(import.meta.url);
    const name = `@mlpconv/engine-native-${process.platform}-${process.arch}`;
    const file = join(dirname(resolve(`${name}/package.json`)), libraryName(isa));
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined; // not installed
  }
};

/** The library's file for an instruction set, compiled if there is none yet. */
export const locate = async (isa: Isa): Promise<string> =>
  findPrebuilt(isa) ??
  compile({
    sources,
    isa,
    cache: await cacheFolder(),
    // Not on stdout, where programs print their results.
    onStart: (files, { command }) =>
      process.stderr.write(`native: compiling ${files} files with ${command} for ${isa}, once\n`),
  });

/**
 * Whether `MLPCONV_EXACT` asks for direct convolutions alone, which round as a plain sum does: at most 1e-6 of the largest value off.
 *
 * @throws NativeError when it is neither 0 nor 1
 */
const wantsExact = (wanted = process.env.MLPCONV_EXACT): boolean => {
  if (!wanted || wanted === "0") return false;
  if (wanted === "1") return true;
  throw new NativeError(
    "failed",
    `MLPCONV_EXACT: expected 0 or 1, got "${wanted}"`,
    "unset it to let Winograd convolutions be used",
  );
};

const load = async (): Promise<Native> => {
  const isa = chooseIsa();
  const threads = chooseThreads();
  const exact = wantsExact();
  const file = await locate(isa);
  try {
    const native = openLibrary(file, threads);
    native.mlpconv_set_exact(Number(exact));
    return native;
  } catch (cause) {
    throw new NativeError(
      "failed",
      `${file} does not load: ${(cause as Error).message}`,
      "delete it, so that it is made again, or choose another engine",
      { cause },
    );
  }
};

let loading: Promise<Native> | undefined;
let loaded: Native | undefined;

/**
 * Finds or compiles the kernels and loads them; a later call gives the same. The backend does this when it starts.
 *
 * @throws NativeError when that cannot be done on this machine, with the reason and the mend
 */
export const library = (): Promise<Native> => {
  loading ??= load().then((native) => {
    loaded = native;
    return native;
  });
  return loading;
};

/**
 * The device in words, for example "2 threads, AVX-512".
 * @throws when the backend has not started: call `await tf.setBackend("native")` first
 */
export const describe = (): string => {
  if (!loaded) throw new Error('native: not started; call `await tf.setBackend("native")` first');
  const threads = loaded.mlpconv_threads();
  const isa = loaded.mlpconv_isa();
  return `${threads} ${threads === 1 ? "thread" : "threads"}, ${isa}`;
};
