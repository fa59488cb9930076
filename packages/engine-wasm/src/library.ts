// The WebAssembly module as a library of kernels: arrays become addresses, and what a kernel refuses or traps at becomes an error after which
// the module can be used again.
import { type KernelLibrary, type Kernels, type Parameter, signatures } from "@mlpconv/kernels";
import type { Exports, Imports } from "./exports.js";
import { ModuleMemory, NoMemory } from "./memory.js";
import { type Pool, startPool } from "./pool.js";
import { StartError } from "./start-error.js";
import type { StartWorker } from "./worker.js";

/** How a module is opened. */
export interface OpenOptions {
  /** Threads that compute; more than one only with a build for them. */
  threads: number;
  startWorker: StartWorker;
}

/** A module that was opened. */
export interface OpenLibrary extends KernelLibrary {
  /** Why Workers did not start, in words; undefined where all have. */
  poolProblem(): string | undefined;
  /** Ends the other threads. */
  close(): void;
}

const PAGE = 65_536;
/** The most that a module of 32-bit addresses has, as it was linked. */
const MOST_PAGES = 65_535;
/** What the module itself needs: its stack and constants. */
const FIRST_PAGES = 16;

/**
 * A memory that may grow as far as this machine allows: some refuse to set so many addresses aside.
 *
 * @throws StartError when it refuses any
 */
const newMemory = (shared: boolean): WebAssembly.Memory => {
  for (let maximum = MOST_PAGES; ; maximum = Math.floor(maximum / 2)) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared });
    } catch (cause) {
      if (maximum >= (64 * 2 ** 20) / PAGE) continue;
      throw new StartError(
        `expected memory for the module, got: ${(cause as Error).message}`,
        "raise the limit of the process's addresses (ulimit -v), of which a module sets 10 GB aside",
        { cause },
      );
    }
  }
};

/** @throws StartError when the module's functions are not those of this code, such as those of another version from a cache */
const checkFunctions = (functions: Record<string, unknown>, shared: boolean, threads: number): void => {
  const expected = Object.entries(signatures).map(([name, [, ...kinds]]) => [name, kinds.length] as const);
  const wrong = expected.find(
    ([name, count]) => (functions[name] as (() => void) | undefined)?.length !== count,
  );
  if (!wrong && (shared || threads === 1)) return;
  throw new StartError(
    `expected the module of this version${wrong ? `, with ${wrong[0]} of ${wrong[1]} parameters` : ", for several threads"}, got another`,
    "replace simd.wasm and simd-threads.wasm by those of the package, and empty caches",
  );
};

type Array = Float32Array | Int32Array | Uint8Array;

/** @throws Error when the module cannot be started here */
export const openLibrary = async (
  module: WebAssembly.Module,
  { threads, startWorker }: OpenOptions,
): Promise<OpenLibrary> => {
  const shared = WebAssembly.Module.exports(module).some(({ name }) => name === "mlpconv_workers");
  const webMemory = newMemory(shared);
  const text = (address: number): string => {
    const bytes = new Uint8Array(webMemory.buffer, address >>> 0);
    // A copy: shared memory cannot be decoded.
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  };
  const env: Imports = {
    memory: webMemory,
    refuse: () => {
      throw refused();
    },
  };
  /** What the module says. */
  const refused = () => new Error(`wasm: ${text(exports.mlpconv_error())}`);
  const instance = await WebAssembly.instantiate(module, { env }).catch((cause: Error) => {
    throw new StartError(
      `expected the module of this version, got another: ${cause.message}`,
      "replace simd.wasm and simd-threads.wasm by those of the package, and empty caches",
      { cause },
    );
  });
  const exports = instance.exports as unknown as Exports;
  const functions = instance.exports as Record<string, (...parameters: (number | bigint)[]) => number>;
  checkFunctions(functions, shared, threads);
  const stack = exports.__stack_pointer.value as number;
  const memory = new ModuleMemory(webMemory, exports);
  const pool: Pool | undefined =
    shared && threads > 1
      ? await startPool(
          { module, memory: webMemory, exports, allocate: (bytes) => memory.allocate(bytes) },
          threads - 1,
          startWorker,
        )
      : undefined;
  exports.mlpconv_set_threads(threads);

  /** Copies of arrays from elsewhere, for the time of a call. */
  const borrowed: { address: number; array: Array; out: boolean }[] = [];
  const borrow = (array: Array, out: boolean): number => {
    // An update in place names one array twice.
    const address =
      borrowed.find((each) => each.array === array)?.address ?? memory.allocate(array.byteLength || 1);
    // Outputs are copied too, because a kernel may write only a part of one.
    bytesAt(address, array.byteLength).set(asBytes(array));
    borrowed.push({ address, array, out });
    return address;
  };
  const bytesAt = (address: number, length: number) => new Uint8Array(memory.buffer, address, length);
  const asBytes = ({ buffer, byteOffset, byteLength }: Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  const giveBack = (written: boolean) => {
    for (const { address, array, out } of borrowed)
      if (out && written) asBytes(array).set(bytesAt(address, array.byteLength));
    for (const address of new Set(borrowed.map(({ address }) => address))) exports.mlpconv_free(address);
    borrowed.length = 0;
  };

  const converted = (value: unknown, kind: Parameter): number | bigint => {
    if (kind === "int64") return BigInt(value as number);
    if (kind !== "in" && kind !== "out") return value as number;
    if (value === null) return 0;
    return memory.addressOf(value as Array) ?? borrow(value as Array, kind === "out");
  };

  const run = (name: keyof typeof signatures, parameters: readonly unknown[]): number => {
    try {
      return attempt(name, parameters);
    } catch (error) {
      const lacked = exports.mlpconv_lacked_memory() !== 0 || error instanceof NoMemory;
      if (!lacked || !memory.onShortage?.()) throw error;
      return attempt(name, parameters);
    }
  };
  const attempt = (name: keyof typeof signatures, parameters: readonly unknown[]): number => {
    const [, ...kinds] = signatures[name];
    let done = false;
    try {
      const result = functions[name]!(...kinds.map((kind, i) => converted(parameters[i], kind)));
      done = true;
      return result;
    } catch (cause) {
      // What was thrown went through the module's frames.
      exports.__stack_pointer.value = stack;
      exports.mlpconv_abandon();
      if (cause instanceof WebAssembly.RuntimeError)
        throw new Error(`wasm: a kernel ended in a trap: ${cause.message}`, { cause });
      throw cause;
    } finally {
      // Kernels grow the memory too.
      memory.refresh();
      if (borrowed.length > 0) giveBack(done);
    }
  };

  return {
    memory,
    call: <K extends keyof Kernels>(name: K, ...parameters: Parameters<Kernels[K]>) => {
      if (run(name, parameters) !== 0) throw refused();
    },
    threads: () => exports.mlpconv_threads(),
    isa: () => text(exports.mlpconv_isa()),
    plan: (shape, direction) => text(run("mlpconv_conv_plan", [shape, direction])),
    poolProblem: () => pool?.problem,
    close: () => pool?.close(),
  };
};
