// Finds the compiled kernels for this machine: from a prebuilt package, otherwise from the machine's own compiler.
import { fileURLToPath } from "node:url";
import { chooseThreads, SettingError } from "@mlpconv/kernels/node";
import { cacheFolder, openCache } from "./cache-folder.js";
import { compileAndLoad } from "./compile.js";
import { findCompiler } from "./compiler.js";
import { type Native, openLibrary } from "./ffi.js";
import { chooseIsa, type Isa } from "./isa.js";
import { NativeError } from "./native-error.js";
import { findPrebuilt } from "./prebuilt.js";
import { choosePrecision } from "./precision.js";
import { showCompiling } from "./show-compiling.js";

/** Folder of the C++ sources, with the same relative path from `src` and `dist`. */
const sources = fileURLToPath(new URL("../native/", import.meta.url));

/** Prints a warning to stderr, because programs print results to stdout. */
const warn = (message: string) => process.stderr.write(`native: ${message}\n`);

/** Compiles the library for an instruction set and passes it to `use`. */
const withCompiled = async <T>(isa: Isa, use: (file: string) => T): Promise<T> => {
  // The compiler is queried before anything is created on the disk.
  const compiler = await findCompiler();
  const cache = await openCache(await cacheFolder(), warn);
  const progress = showCompiling(isa);
  try {
    return await compileAndLoad(
      { sources, isa, compiler, cache: cache.folder, onProgress: progress.show, onWarning: warn },
      (file) => {
        progress.end();
        return use(file);
      },
    );
  } finally {
    progress.end();
    // A loaded library no longer needs its file, except on Windows, where the file stays.
    await cache.close();
  }
};

/**
 * Whether `MLPCONV_EXACT` requests direct convolutions only. Their largest error is 1e-6 of the largest value.
 *
 * @throws NativeError when it is neither 0 nor 1
 */
const wantsExact = (wanted = process.env.MLPCONV_EXACT): boolean => {
  if (!wanted || wanted === "0") return false;
  if (wanted === "1") return true;
  throw new NativeError(
    "wrong-setting",
    `MLPCONV_EXACT: expected 0 or 1, got "${wanted}"`,
    "unset it to let Winograd convolutions be used",
  );
};

const threadsOf = (): number => {
  try {
    return chooseThreads("native");
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new NativeError("wrong-setting", error.reason, error.fix);
  }
};

const load = async (): Promise<Native> => {
  const isa = chooseIsa();
  const threads = threadsOf();
  const exact = wantsExact();
  const open = (file: string): Native => {
    const native = openLibrary(file, threads);
    native.setExact(exact);
    return native;
  };
  const prebuilt = await findPrebuilt(isa, sources, { onWarning: warn });
  let refused = "";
  if (prebuilt) {
    try {
      return open(prebuilt);
    } catch (cause) {
      // The prebuilt library needs another or a newer C library than this system's; compiling may still work.
      refused = `${prebuilt} does not load: ${(cause as Error).message}`;
      warn(refused);
    }
  }
  try {
    return await withCompiled(isa, (file) => {
      try {
        return open(file);
      } catch (cause) {
        throw new NativeError(
          "failed",
          `${file} does not load: ${(cause as Error).message}`,
          "use another compiler (CXX=clang++), or choose another engine",
          { cause },
        );
      }
    });
  } catch (cause) {
    if (!refused || !(cause instanceof NativeError)) throw cause;
    throw new NativeError(cause.code, `${refused}; ${cause.reason}`, cause.fix, { cause });
  }
};

let loading: Promise<Native> | undefined;
let loaded: Native | undefined;

/** How the backend computes. */
export interface PrepareOptions {
  /** Precision of convolutions and matrix products. Default: that of the environment variable `MLPCONV_PRECISION`, else full; later: as it is. */
  precision?: "full" | "mixed" | undefined;
}

let isPrecisionSet = false;

/**
 * Finds or compiles the kernels and loads them; later calls return the same library. The backend calls this when it starts.
 *
 * @throws NativeError when that is impossible on this machine, with the reason and a fix
 */
export const library = async ({ precision: wanted }: PrepareOptions = {}): Promise<Native> => {
  // A wrong setting is reported before anything is compiled.
  const precision = choosePrecision(wanted);
  loading ??= load().then((native) => {
    loaded = native;
    return native;
  });
  const native = await loading;
  if (wanted !== undefined || !isPrecisionSet) native.setPrecision(precision);
  isPrecisionSet = true;
  return native;
};

/**
 * Description of the device, for example "2 threads, AVX-512" or "2 threads, AVX-512, mixed precision".
 * @throws when the backend has not started: call `await tf.setBackend("native")` first
 */
export const describe = (): string => {
  if (!loaded) throw new Error('native: not started; call `await tf.setBackend("native")` first');
  const threads = loaded.threads();
  const isa = loaded.isa();
  const precision = {
    full: "",
    "mixed-avx512": ", mixed precision",
    "mixed-amx": ", mixed precision by AMX",
    "mixed-emulated": ", emulated mixed precision",
    "mixed-amx-emulated": ", emulated mixed precision by AMX",
  };
  return `${threads} ${threads === 1 ? "thread" : "threads"}, ${isa}${precision[loaded.precision()]}`;
};
