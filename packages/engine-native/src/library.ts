// Finds the compiled kernels for this machine: a prebuilt package, else the machine's own compiler.
import { fileURLToPath } from "node:url";
import { cacheFolder, openCache } from "./cache-folder.js";
import { compileAndLoad } from "./compile.js";
import { findCompiler } from "./compiler.js";
import { type Native, openLibrary } from "./ffi.js";
import { chooseIsa, type Isa } from "./isa.js";
import { NativeError } from "./native-error.js";
import { findPrebuilt } from "./prebuilt.js";
import { showCompiling } from "./show-compiling.js";
import { chooseThreads } from "./threads.js";

/** Beside `src` and `dist` alike. */
const sources = fileURLToPath(new URL("../native/", import.meta.url));

/** Not on stdout, where programs print their results. */
const warn = (message: string) => process.stderr.write(`native: ${message}\n`);

/** What `use` makes of the library for an instruction set from this machine's compiler. */
const withCompiled = async <T>(isa: Isa, use: (file: string) => T): Promise<T> => {
  // Asked before anything is made on the disk.
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
    // A library that is loaded needs its file no more, but on Windows, which keeps it.
    await cache.close();
  }
};

/**
 * Whether `MLPCONV_EXACT` asks for direct convolutions alone, which round as a plain sum does: at most 1e-6 of the largest value off.
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

const load = async (): Promise<Native> => {
  const isa = chooseIsa();
  const threads = chooseThreads();
  const exact = wantsExact();
  const open = (file: string): Native => {
    const native = openLibrary(file, threads);
    native.mlpconv_set_exact(Number(exact));
    return native;
  };
  const prebuilt = await findPrebuilt(isa, sources, { onWarning: warn });
  let refused = "";
  if (prebuilt) {
    try {
      return open(prebuilt);
    } catch (cause) {
      // Built for another C library or a newer one than this system's, whose compiler may still do.
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

/**
 * Finds or compiles the kernels and loads them; a later call gives the same. The backend does this when it starts.
 *
 * @throws NativeError when that cannot be done on this machine, with the reason and a fix
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
