// One of the module's threads: the same module over the same memory, in a Worker, with a stack of its own.

/** What a Worker is given. */
interface WorkerStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** End of its stack, which grows downwards. */
  stackEnd: number;
  /** Its thread-local variables. */
  locals: number;
}

/** A Worker that was started. */
interface StartedWorker {
  terminate(): void;
}

/** Starts a Worker with a program's text. `onFailure` is told when it cannot start, or ends. */
export type StartWorker = (
  program: string,
  start: WorkerStart,
  onFailure: (reason: string) => void,
) => StartedWorker;

/**
 * A Worker's program: a text, so that no bundler has to find a file. A kernel that refuses or traps here is told to the thread that called it, and
 * this one goes on.
 */
export const workerProgram = `
const run = ({ module, memory, stackEnd, locals }) => {
  class Refused extends Error {}
  const refuse = () => { throw new Refused(); };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, refuse } });
  exports.__stack_pointer.value = stackEnd;
  exports.__wasm_init_tls(locals);
  exports.mlpconv_join();
  for (;;) {
    try {
      exports.mlpconv_work();
    } catch (error) {
      exports.__stack_pointer.value = stackEnd;
      exports.mlpconv_fail_task(error instanceof Refused ? 0 : 1);
    }
  }
};
if (typeof require === "function") run(require("node:worker_threads").workerData);
else self.onmessage = ({ data }) => run(data);
`;
