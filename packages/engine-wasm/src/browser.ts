// The package's entry in a browser bundle: the same engine, and where its .wasm files are.
// Written as `new URL("./file", import.meta.url)`, which vite, webpack and rollup take for an asset to ship.
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { env } from "@tensorflow/tfjs-core";

const plain = new URL("./tfjs-backend-wasm.wasm", import.meta.url).href;
const simd = new URL("./tfjs-backend-wasm-simd.wasm", import.meta.url).href;

// The threaded build, which tfjs would choose on a cross-origin isolated page, runs on one thread all the same (4.22), and never
// starts once a bundler has shortened its names. So it is not shipped, and its entry, which tfjs demands, never asked for.
env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
setWasmPaths({
  "tfjs-backend-wasm.wasm": plain,
  "tfjs-backend-wasm-simd.wasm": simd,
  "tfjs-backend-wasm-threaded-simd.wasm": simd,
});

export { describe } from "./index.js";
