import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

// The programs are private: they travel inside. What they import stays outside, and so is a dependency of this package.
const inside = ["@mlpconv/compare", "@mlpconv/programs", "@mlpconv/train"];
export default defineConfig(build(["src/main.ts"], { noExternal: inside, dts: false, sourcemap: false }));
