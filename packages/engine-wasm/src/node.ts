// tfjs's backend "wasm" under Node: `import "@mlpconv/engine-wasm"; await tf.setBackend("wasm")`.
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { chooseThreads } from "@mlpconv/kernels/node";
import { type Build, registerWasm, type ThreadLimit } from "./start.js";
import { StartError } from "./start-error.js";
import type { StartWorker } from "./worker.js";

const startWorker: StartWorker = (program, start, onFailure) => {
  const worker = new Worker(program, {
    eval: true,
    workerData: start,
    // A Worker needs nothing of what the program was started with, such as a loader for TypeScript.
    execArgv: [],
    env: {},
  });
  worker.unref();
  worker.on("error", ({ message }) => onFailure(message));
  return { terminate: () => void worker.terminate() };
};

const threads = (): ThreadLimit => {
  const count = chooseThreads("wasm");
  if (count === 1) return { count, reason: process.env.MLPCONV_THREADS ? "MLPCONV_THREADS=1" : "1 core" };
  if (typeof SharedArrayBuffer === "undefined") return { count: 1, reason: "no SharedArrayBuffer" };
  return { count };
};

/** Reads one of the modules, which are beside both `src` and `dist`. */
const read = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await readFile(new URL(path, import.meta.url)));
  } catch (cause) {
    // A bundler moves the code away from the file, and leaves import.meta.url empty in CommonJS.
    throw new StartError(
      `expected the file ${path} of @mlpconv/engine-wasm, got: ${(cause as Error).message}`,
      "reinstall the package; where a bundler made the program, have it leave packages external",
      { cause },
    );
  }
};

const load = async (build: Build): Promise<WebAssembly.Module> => {
  if (typeof WebAssembly === "undefined")
    throw new StartError("expected WebAssembly, got none", "start Node without --jitless");
  const path = `../wasm/${build}.wasm`;
  const bytes = await read(path);
  return WebAssembly.compile(bytes).catch((cause: Error) => {
    // V8 says "Wasm SIMD unsupported".
    const fix = /simd/i.test(cause.message)
      ? "use a processor that has SSE4.1 or NEON"
      : "reinstall @mlpconv/engine-wasm";
    throw new StartError(`expected ${path} to be a module that compiles, got: ${cause.message}`, fix, {
      cause,
    });
  });
};

registerWasm({ threads, startWorker, load });

export { describe, prepare } from "./start.js";
