import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

const entry = {
  main: "src/main.ts",
  // `predict` starts this one as a process of its own, from beside the other.
  "decode-process": "src/predict/decode-process.ts",
};
// What the programs share is private: it is bundled.
export default defineConfig(build(entry, { noExternal: ["@mlpconv/cli-kit"] }));
