// Registers the backend, over a module that it opens when it starts.
import { KernelBackend, registerKernels } from "@mlpconv/kernels";
import { findBackendFactory, registerBackend } from "@tensorflow/tfjs-core";
import { type OpenLibrary, type OpenOptions, openLibrary } from "./library.js";

/** The builds of the module: for one thread, which runs anywhere, and for several. */
export type Build = "simd" | "simd-threads";

/** How many threads may compute. */
export interface ThreadLimit {
  count: number;
  /** Why it is one, in words; undefined if it is more than one. */
  reason?: string;
}

/** What differs between Node and browsers. */
export interface Host extends Pick<OpenOptions, "startWorker"> {
  threads(): ThreadLimit;
  /** The module of a build, compiled. */
  load(build: Build): Promise<WebAssembly.Module>;
}

/** The stock backend's rank among those that tfjs chooses from. */
const PRIORITY = 2;

class WasmBackend extends KernelBackend {
  constructor(private readonly opened: OpenLibrary) {
    super("wasm", opened);
  }

  override dispose(): void {
    super.dispose();
    this.opened.close();
    loading = undefined;
    loaded = undefined;
  }
}

let host: Host | undefined;
let loading: Promise<OpenLibrary> | undefined;
let loaded: OpenLibrary | undefined;
let limit: ThreadLimit = { count: 1 };

const load = async ({ threads, startWorker, load }: Host): Promise<OpenLibrary> => {
  limit = threads();
  const module = await load(limit.count > 1 ? "simd-threads" : "simd");
  loaded = await openLibrary(module, { threads: limit.count, startWorker });
  return loaded;
};

const open = (): Promise<OpenLibrary> => {
  loading ??= load(host!);
  // So that a later call tries again.
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
};

/**
 * Loads and starts the module, as the backend does when it starts; a second call does nothing more. After `tf.removeBackend`, registers the backend again.
 *
 * @throws Error when the module cannot be loaded or started here, or an environment variable has an invalid value
 */
export const prepare = async (): Promise<void> => {
  register();
  await open();
};

const register = (): void => {
  if (!findBackendFactory("wasm"))
    registerBackend("wasm", async () => new WasmBackend(await open()), PRIORITY);
};

/** @param on asked when the backend starts */
export const registerWasm = (on: Host): void => {
  host = on;
  registerKernels("wasm");
  register();
};

/**
 * The device in words, such as "2 threads, SIMD", or "1 thread, SIMD; MLPCONV_THREADS=1": with the reason if there are fewer threads
 * than cores.
 *
 * @throws when the backend has not started: call `await tf.setBackend("wasm")` first
 */
export const describe = (): string => {
  if (!loaded) throw new Error('wasm: not started; call `await tf.setBackend("wasm")` first');
  const threads = loaded.threads();
  const reason = limit.reason ?? loaded.poolProblem();
  const words = threads === 1 ? "1 thread, " : `${threads} threads, `;
  return `${words}${loaded.isa()}${reason ? `; ${reason}` : ""}`;
};
