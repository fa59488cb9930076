// tfjs's backend "wasm" in a browser.
import { registerWasm, type ThreadLimit } from "./start.js";
import { StartError } from "./start-error.js";
import type { StartWorker } from "./worker.js";

/** Addresses of the modules, written as `new URL("./file", import.meta.url)`, which vite and webpack recognise as files to ship. */
const addresses = {
  simd: () => new URL("./simd.wasm", import.meta.url).href,
  "simd-threads": () => new URL("./simd-threads.wasm", import.meta.url).href,
};

const startWorker: StartWorker = (program, start, onFailure) => {
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onerror = ({ message }) =>
    onFailure(message || "the page's Content-Security-Policy may need worker-src blob:");
  worker.postMessage(start);
  return {
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
};

const MOST_THREADS = 16;

/** Threads share memory, which browsers allow only on pages that are isolated from other origins. */
const threads = (): ThreadLimit => {
  if (globalThis.crossOriginIsolated !== true)
    return { count: 1, reason: "the page is not cross-origin isolated, see the headers COOP and COEP" };
  if (typeof SharedArrayBuffer === "undefined")
    return { count: 1, reason: "the browser has no SharedArrayBuffer" };
  if (typeof Worker === "undefined") return { count: 1, reason: "the browser starts no Worker here" };
  const count = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  return count > 1 ? { count } : { count: 1, reason: "1 core" };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const load = async (build: keyof typeof addresses): Promise<WebAssembly.Module> => {
  const address = addressOf(build);
  const response = await fetch(address).catch((cause: unknown) => {
    const reason = `expected ${address}, got no answer: ${messageOf(cause)}`;
    throw new StartError(reason, "serve it by HTTP, beside the program", { cause });
  });
  if (!response.ok)
    throw new StartError(
      `expected ${address}, got HTTP status ${response.status}`,
      "serve it beside the program",
    );
  const bytes = await response.arrayBuffer();
  if (!isModule(bytes)) {
    const type = response.headers.get("content-type") ?? "a file of no type";
    throw new StartError(
      `expected ${address} to be a WebAssembly module, got ${type}`,
      "serve the module beside the program",
    );
  }
  return WebAssembly.compile(bytes).catch((cause: unknown) => {
    const message = messageOf(cause);
    const fix = /content security policy/i.test(message)
      ? "add 'wasm-unsafe-eval' to script-src of the page's Content-Security-Policy"
      : "use a browser that has WebAssembly SIMD";
    throw new StartError(`expected a page that compiles WebAssembly, got: ${message}`, fix, { cause });
  });
};

const addressOf = (build: keyof typeof addresses): string => {
  try {
    return addresses[build]();
  } catch (cause) {
    // A bundler that writes a plain script leaves nothing in import.meta.url.
    const reason = `expected the program's address in import.meta.url, got ${import.meta.url}`;
    throw new StartError(reason, "bundle the program as an ES module", { cause });
  }
};

/** Whether a file begins as WebAssembly does. A server that answers with its start page for each unknown address answers with status 200. */
const isModule = (bytes: ArrayBuffer): boolean => {
  const [a, b, c, d] = new Uint8Array(bytes);
  return a === 0 && b === 0x61 && c === 0x73 && d === 0x6d;
};

registerWasm({ threads, startWorker, load });

export { describe, prepare } from "./start.js";
