import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

export default defineConfig(
  build(["src/node.ts", "src/browser.ts"], {
    // Beside the built code, where `src/browser.ts` looks for them.
    onSuccess: async () => {
      for (const name of ["simd", "simd-threads"]) await cp(`wasm/${name}.wasm`, `dist/${name}.wasm`);
    },
  }),
);
