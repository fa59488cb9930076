// Bundles each program for the machine with the GPU with all its imports, as plain JavaScript.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Options } from "tsup";
import { suites } from "./suites.js";

/** Programs, each of which runs in its own process. */
const programs = {
  measure: "measure.ts",
  "measure-adapter": "measure-adapter.ts",
  "measure-gpu-step": "measure-gpu-step.ts",
  "measure-kernels": "measure-kernels.ts",
  "measure-dead-channels": "measure-dead-channels.ts",
  train: "../../../train/src/main.ts",
};

/** Modules that are not bundled: other engines and the decoder of `predict`, which are not loaded there, and Dawn, which has its own folder. */
const outside = ["@mlpconv/engine-native", "@mlpconv/engine-wasm", "sharp", "webgpu"];

/** Definitions that packages in CommonJS format expect. */
const commonJs = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;`;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** @param files paths of the programs by name, relative to this file's folder */
const options = (
  files: Record<string, string>,
  outDir: string,
  alias: Record<string, string> = {},
): Options => ({
  config: false,
  entry: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, here(file)])),
  outDir,
  format: ["esm"],
  target: "node20",
  splitting: true,
  silent: true,
  // node:test exists only with this prefix.
  removeNodeProtocol: false,
  external: outside,
  // By default tsup would not bundle this package's dependencies.
  noExternal: [new RegExp(`^(?!(${outside.join("|")})$)`)],
  banner: { js: commonJs },
  esbuildOptions: (esbuild) => {
    esbuild.conditions = ["@mlpconv/source", "node"];
    esbuild.alias = alias;
  },
});

export const bundle = async (folder: string): Promise<void> => {
  await build(options(programs, folder));
  await build(options(suites, join(folder, "suites/bundles"), { vitest: here("vitest-on-node.ts") }));
  cpSync(here("../../../../packages/testing/fixtures/golden"), join(folder, "suites/fixtures/golden"), {
    recursive: true,
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
};
