// What the module imports, and what it has beside the kernels: memory, threads, and how it is told that JavaScript caught an error.

/** `env` of the module's imports. */
export interface Imports extends WebAssembly.ModuleImports {
  memory: WebAssembly.Memory;
  /** Throws an Error with the text of `mlpconv_error`. */
  refuse(): never;
}

/** The module's exports. Addresses are signed: those above 2 GB are negative. */
export interface Exports {
  __stack_pointer: WebAssembly.Global;
  /** Bytes of a thread's own variables, in the build with threads. */
  __tls_size?: WebAssembly.Global;
  mlpconv_malloc(bytes: number): number;
  mlpconv_free(address: number): void;
  mlpconv_error(): number;
  /** Whether memory was refused since the last call of this function. */
  mlpconv_lacked_memory(): number;
  mlpconv_isa(): number;
  mlpconv_threads(): number;
  mlpconv_set_threads(count: number): void;
  /** After an error on the caller's thread: waits for the other threads. */
  mlpconv_abandon(): void;
  /** Workers that have joined, in the build with threads. */
  mlpconv_workers(): number;
}
