import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

// What the programs share is private: it travels inside.
export default defineConfig(build(["src/main.ts"], { noExternal: ["@mlpconv/cli-kit"] }));
