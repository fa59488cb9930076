// The C++ files that the WebAssembly module is made of, and a hash that tells whether a module was made of them.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The kernels' folder; those of WebAssembly alone are in its folder `wasm`. */
export const native = fileURLToPath(new URL("../../engine-native/native/", import.meta.url));

// A module that imports nothing has no clock, its threads are another file's, and its precision is fixed.
const left = ["peak.cpp", "precision.cpp", "thread-pool.cpp"];

const filesIn = async (folder: string, ending: RegExp): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => ending.test(name) && !left.includes(name))
    .sort()
    .map((name) => join(folder, name));

export const wasmSources = async (): Promise<{ headers: string[]; sources: string[] }> => ({
  headers: await filesIn(native, /\.h$/),
  sources: [...(await filesIn(native, /\.cpp$/)), ...(await filesIn(join(native, "wasm"), /\.cpp$/))],
});

/** SHA-256 of all of them, names included. */
export const hashWasmSources = async (): Promise<string> => {
  const { headers, sources } = await wasmSources();
  const hash = createHash("sha256");
  for (const file of [...headers, ...sources])
    hash.update(`\0${basename(file)}\0`).update(await readFile(file));
  return hash.digest("hex");
};
