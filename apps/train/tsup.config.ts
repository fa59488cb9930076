import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

// What the programs share is private: it is bundled.
export default defineConfig(build({ main: "src/main.ts" }, { noExternal: ["@mlpconv/cli-kit"] }));
