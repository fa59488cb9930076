import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

export default defineConfig(
  build(["src/index.ts", "src/engines/node.ts", "src/engines/browser.ts", "src/tf/browser.ts"]),
);
