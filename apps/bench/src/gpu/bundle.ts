// The programs that run on the machine with the GPU, each with all it imports, as plain JavaScript.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

/** Each is a process of its own. */
const programs = {
  measure: "measure.ts",
  "measure-adapter": "measure-adapter.ts",
  "measure-dispatches": "measure-dispatches.ts",
  "measure-kernels": "measure-kernels.ts",
  "measure-step": "../measure-step.ts",
  train: "../../../train/src/main.ts",
};

/** Never loaded there: other engines, and the decoder of `predict`. Dawn is, from its own folder. */
const outside = ["@mlpconv/engine-native", "@mlpconv/engine-wasm", "sharp", "webgpu"];

/** What packages that come as CommonJS take for given. */
const commonJs = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;`;

export const bundle = async (folder: string): Promise<void> => {
  await build({
    config: false,
    entry: Object.fromEntries(
      Object.entries(programs).map(([name, file]) => [name, fileURLToPath(new URL(file, import.meta.url))]),
    ),
    outDir: folder,
    format: ["esm"],
    target: "node20",
    splitting: true,
    silent: true,
    external: outside,
    // tsup would leave out what this package depends on.
    noExternal: [new RegExp(`^(?!(${outside.join("|")})$)`)],
    banner: { js: commonJs },
    esbuildOptions: (options) => {
      options.conditions = ["@mlpconv/source", "node"];
    },
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
};
