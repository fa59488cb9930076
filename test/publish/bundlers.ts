// An application as each bundler makes it with no configuration of ours, and as a page that takes packages from a CDN.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rollup";
import { type CodeBlock, codeBlocks } from "../markdown.js";
import { command } from "./commands.js";
import { type Site, serve } from "./serve.js";

/** Code of the README of engine-wasm. */
const readme = codeBlocks(readFileSync("packages/engine-wasm/README.md", "utf8"));
export const blockWith = (info: string, text: string): string => {
  const found = readme.find((block: CodeBlock) => block.info === info && block.code.includes(text));
  if (!found) throw new Error(`README of engine-wasm: expected a block "${info}" with ${text}, got none`);
  return found.code;
};

/** What the README has users type after a bundler that ships no files that code refers to. */
const copyModules = (root: string) =>
  command({ cwd: root, home: root }, "sh", ["-c", blockWith("sh", "dist/*.wasm")]);

const page = (attributes: string) => `<!doctype html><script ${attributes}></script>`;

/** An empty folder `dist` with a page. */
const prepare = (root: string, attributes: string): string => {
  const dist = join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  writeFileSync(join(dist, "index.html"), page(attributes));
  return dist;
};

/** The page that vite begins with. */
export const writeVitePage = (root: string, program: string): void =>
  writeFileSync(join(root, "index.html"), page(`type="module" src="./${program}"`));

export const withVite = async (root: string, program: string): Promise<void> => {
  writeVitePage(root, program);
  const { build } = await import("vite");
  await build({
    root,
    configFile: false,
    logLevel: "error",
    base: "./",
  });
};

export const withWebpack = async (root: string, program: string): Promise<void> => {
  const dist = prepare(root, 'defer src="./main.js"');
  const { webpack } = (await import("webpack")).default;
  const compiler = webpack({
    context: root,
    mode: "production",
    entry: `./${program}`,
    output: { path: dist, filename: "main.js" },
    // Faster, and no other code.
    optimization: { minimize: false },
    performance: false,
  });
  await new Promise<void>((resolve, reject) => {
    compiler!.run((error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString("errors-only")));
      else compiler!.close(() => resolve());
    });
  });
};

export const withRollup = async (root: string, program: string): Promise<void> => {
  const dist = prepare(root, 'type="module" src="./main.js"');
  const [{ rollup }, { nodeResolve }, { default: commonjs }] = await Promise.all([
    import("rollup"),
    import("@rollup/plugin-node-resolve"),
    import("@rollup/plugin-commonjs") as unknown as Promise<{ default: () => Plugin }>,
  ]);
  const bundle = await rollup({
    input: join(root, program),
    // TensorFlow.js needs both.
    plugins: [nodeResolve({ browser: true }), commonjs()],
    logLevel: "silent",
    treeshake: false,
  });
  await bundle.write({ file: join(dist, "main.js"), format: "es" });
  await bundle.close();
  await copyModules(root);
};

export const withEsbuild = async (
  root: string,
  program: string,
  format: "esm" | "iife" = "esm",
): Promise<void> => {
  const dist = prepare(root, format === "esm" ? 'type="module" src="./main.js"' : 'defer src="./main.js"');
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: [program],
    bundle: true,
    format,
    outfile: join(dist, "main.js"),
    logLevel: "error",
  });
  await copyModules(root);
};

const tfjs = ["@tensorflow/tfjs", "@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu"];

/** A CDN with the packages of `root`: files as they were published, and packages of tfjs as ES modules at `/+esm`. */
export const startCdn = async (root: string): Promise<Site> => {
  const folder = join(root, "cdn");
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: tfjs.map((name) => ({ in: name, out: name })),
    bundle: true,
    splitting: true,
    chunkNames: "tfjs-chunk-[hash]",
    format: "esm",
    outdir: folder,
    logLevel: "error",
  });
  const fileOf = (path: string): string => {
    const chunk = /tfjs-chunk-\w+\.js$/.exec(path);
    if (chunk) return join(folder, chunk[0]);
    const [, name = "", rest = ""] = /^\/((?:@[^/]+\/)?[^/@]+)(?:@[^/]+)?\/(.*)$/.exec(path) ?? [];
    return rest === "+esm" ? join(folder, `${name}.js`) : join(root, "node_modules", name, rest);
  };
  return serve(fileOf, { "access-control-allow-origin": "*" });
};

/** The README's page that takes packages from a CDN, here from this one, with `program` as its module. */
export const withCdn = (root: string, program: string, cdn: Site): void => {
  const dist = prepare(root, "");
  const map = blockWith("html", "importmap").replaceAll("https://cdn.jsdelivr.net/npm", cdn.origin);
  const importMap = /<script type="importmap">.*?<\/script>/s.exec(map)![0];
  writeFileSync(join(dist, program), readFileSync(join(root, program)));
  writeFileSync(
    join(dist, "index.html"),
    `<!doctype html>${importMap}<script type="module" src="./${program}"></script>`,
  );
};
