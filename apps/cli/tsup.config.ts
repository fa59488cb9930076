import { cpSync, rmSync } from "node:fs";
import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";

// The programs are private: they travel inside. What they import stays outside, and so is a dependency of this package.
const inside = ["@mlpconv/cli-kit", "@mlpconv/compare", "@mlpconv/playground", "@mlpconv/train"];
const entry = { main: "src/main.ts" };
// `predict` finds its pictures beside the folder of its code, and `playground` its page.
const files = { "../train/pictures": "pictures", "../playground/dist": "playground" };
const onSuccess = async () => {
  for (const [from, to] of Object.entries(files)) {
    // The names of the page's files change with their contents.
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  }
};
export default defineConfig(build(entry, { noExternal: inside, dts: false, sourcemap: false, onSuccess }));
