// Builds the programs that tests start from source: plain JavaScript starts in a third of the time that tsx needs. Packages that are installed
// stay outside, so nothing is built but this repository's own code.
import { readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { programFolder } from "./test-program.js";

const source = (path: string): URL => new URL(`../packages/${path}`, import.meta.url);

/** Names installed packages by their files: the bundle lies in an app, which cannot find what only a package of ours depends on. */
const installed: Plugin = {
  name: "installed",
  setup({ onResolve, resolve: find }) {
    onResolve({ filter: /^([^.#/]|#tf$)/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      // TensorFlow.js as Node has it, from CommonJS.
      if (path === "#tf") return { path: source("tensor/src/tf/node.cjs").href, external: true };
      if (kind === "entry-point" || pluginData === installed || /^(node:|@mlpconv\/)/.test(path)) return;
      const found = await find(path, { importer, resolveDir, kind, pluginData: installed });
      // An optional package that is not installed, or a module of Node.
      if (found.errors.length > 0 || found.external) return { path, external: true };
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/**
 * A package of ours finds its files (C++ sources, scripts) from its own place. An app finds its programs beside the bundle, as in `dist`, and so
 * does the package of the data sets its process that decodes pictures.
 */
const ownPlace: Plugin = {
  name: "own-place",
  setup({ onLoad }) {
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => {
      if (basename(path) === "picture-reader.ts") return;
      const place = JSON.stringify(pathToFileURL(path).href);
      return { loader: "ts", contents: (await readFile(path, "utf8")).replaceAll("import.meta.url", place) };
    });
  },
};

/** Finds the programs that other packages declare beside the bundle. */
const declared = (programs: Record<string, string>): Plugin => ({
  name: "declared",
  setup({ onLoad }) {
    onLoad({ filter: /\/apps\/[^/]+\/src\/main\.ts$/ }, async ({ path }) => ({
      loader: "ts",
      contents: (await readFile(path, "utf8")).replace(
        /import\.meta\.resolve\("([^"]+)"\)/g,
        (whole, name: string) =>
          programs[name] ? `new URL("./${programs[name]}.js", import.meta.url).href` : whole,
      ),
    }));
  },
});

/** Builds programs into a folder. */
export const bundle = (
  entryPoints: Record<string, string>,
  outdir: string,
  programs: Record<string, string> = {},
) =>
  build({
    entryPoints: {
      "decode-process": fileURLToPath(source("datasets/src/folder/decode-process.ts")),
      ...entryPoints,
    },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@mlpconv/source"],
    // As Node does; esbuild would prefer "module".
    mainFields: ["main"],
    plugins: [installed, ownPlace, declared(programs)],
    logLevel: "error",
  });

/** Beside the sources, and as deep as `dist`: a program finds its pictures from its own place. Each test run has its own. */
export const folderIn = (place: string): string => join(place, `.test-program-${process.pid}`);
/**
 * Builds an app's programs, once for all its tests; `testProgram` finds them.
 * @param entry source files by the program's name, from the app's folder
 * @param programs which of them a specifier of another package means, such as `@mlpconv/train/program`
 * @returns what removes them
 */
export const buildProgram = async (
  entry: Record<string, string>,
  programs: Record<string, string> = {},
): Promise<() => Promise<void>> => {
  const folder = folderIn(resolve("."));
  process.env[programFolder] = folder;
  await bundle(entry, folder, programs);
  return () => rm(folder, { recursive: true, force: true });
};
