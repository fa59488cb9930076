// Builds an app's programs from source, once for all its tests: plain JavaScript starts in a third of the time that tsx needs, and each
// test of a program starts one. Packages that are installed stay outside, so nothing is built but this repository's own code.
import { readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Options } from "tsup";
import { programFolder } from "./test-program.js";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const tensorInNode = new URL("../packages/tensor/src/tf/node.cjs", import.meta.url).href;

/** Names installed packages by their files: the bundle lies in an app, which cannot find what only a package of ours depends on. */
const installed: Plugin = {
  name: "installed",
  setup({ onResolve, resolve: find }) {
    onResolve({ filter: /^([^.#/]|#tf$)/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      // A package finds by conditions what it needs in Node; what is CommonJS there stays so.
      if (path === "#tf") return { path: tensorInNode, external: true };
      if (kind === "entry-point" || pluginData === installed || /^(node:|@mlpconv\/)/.test(path)) return;
      const found = await find(path, { importer, resolveDir, kind, pluginData: installed });
      // An optional package that is not installed, or a module of Node.
      if (found.errors.length > 0 || found.external) return { path, external: true };
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/** A package of ours finds its files (C++ sources, scripts) from its own place. An app finds its programs beside the bundle, as in `dist`. */
const ownPlace: Plugin = {
  name: "own-place",
  setup({ onLoad }) {
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => ({
      loader: "ts",
      contents: (await readFile(path, "utf8")).replaceAll(
        "import.meta.url",
        JSON.stringify(pathToFileURL(path).href),
      ),
    }));
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

/**
 * Builds programs into a folder of this test run, beside `dist` of the app whose tests run; `testProgram` finds them.
 * @param entry source files by the program's name, from the app's folder
 * @param programs which of them a specifier of another package means, such as `@mlpconv/train/program`
 * @returns what removes them
 */
export const buildProgram = async (
  entry: Record<string, string>,
  programs: Record<string, string> = {},
): Promise<() => Promise<void>> => {
  // Beside `dist`, and as deep: a program finds its pictures from its own place.
  const folder = resolve(`.test-program-${process.pid}`);
  process.env[programFolder] = folder;
  await build({
    config: false,
    entry,
    outDir: folder,
    format: ["esm"],
    target: "node20",
    clean: true,
    silent: true,
    removeNodeProtocol: false,
    noExternal: [/.*/],
    esbuildPlugins: [installed, ownPlace, declared(programs)],
    esbuildOptions: (esbuild) => {
      esbuild.conditions = ["@mlpconv/source"];
      // As Node does; tsup would prefer "module".
      esbuild.mainFields = ["main"];
    },
  });
  return () => rm(folder, { recursive: true, force: true });
};
