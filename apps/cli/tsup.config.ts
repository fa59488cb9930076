import { cpSync } from "node:fs";
import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

// The programs are private: they travel inside. What they import stays outside, and so is a dependency of this package.
const inside = ["@mlpconv/compare", "@mlpconv/cli-kit", "@mlpconv/train"];
const entry = {
  main: "src/main.ts",
  // `predict` starts this one as a process of its own, from beside the other.
  "decode-process": "../train/src/predict/decode-process.ts",
};
// `predict` finds its pictures beside the folder of its code.
const onSuccess = async () => cpSync("../train/pictures", "pictures", { recursive: true });
export default defineConfig(build(entry, { noExternal: inside, dts: false, sourcemap: false, onSuccess }));
