// Puts the stock backend's .wasm files beside our built code, where `src/browser.ts` looks for them.
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const files = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"];

export const copyWasm = async (folder: string): Promise<void> => {
  const { resolve } = createRequire(import.meta.url);
  const from = join(dirname(resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map((file) => copyFile(join(from, file), join(folder, file))));
};
