import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

const entry = {
  index: "src/index.ts",
  "index.browser": "src/index.browser.ts",
  info: "src/info.ts",
  folder: "src/folder/index.ts",
  // Started as a process of its own, from beside the others.
  "decode-process": "src/folder/decode-process.ts",
};
export default defineConfig(build(entry));
