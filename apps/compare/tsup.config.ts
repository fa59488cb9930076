import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

// What the programs share is private: it is bundled. A program exports no types.
export default defineConfig(build(["src/main.ts"], { noExternal: ["@mlpconv/cli-kit"], dts: false }));
