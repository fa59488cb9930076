// The page as static files that work below any address, built from the packages' sources.
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { isolationHeaders as headers } from "./src/isolation/headers.js";
import { policy, policyText } from "./src/isolation/policy.js";

const packages = (path: string) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));

/** Names engine wasm's modules where the sources have them; in the published package they are beside the code. */
const wasmModules: Plugin = {
  name: "wasm-modules",
  enforce: "pre",
  transform: {
    filter: { id: /engine-wasm\/src\/browser\.ts$/ },
    handler: (code) => code.replace(/"\.\/(simd[\w-]*\.wasm)"/g, '"../wasm/$1"'),
  },
};

/** Says the page's policy in the page, for servers that send no headers. The development server puts styles and scripts into the page, which it forbids. */
const policyInPage: Plugin = {
  name: "policy-in-page",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: policyText(policy) },
      injectTo: "head-prepend",
    },
  ],
};

const serviceWorker = "isolation-worker";

const leftOut = fileURLToPath(new URL("./src/session/left-out.ts", import.meta.url));

const config: UserConfig = {
  base: "./",
  resolve: {
    // "node" is left out: the page runs in a browser.
    conditions: ["@mlpconv/source", "browser", "module", "import", "default"],
    // Their sources for browsers; from `dist` the bundler would choose these itself.
    alias: {
      "@mlpconv/engine-wasm": packages("engine-wasm/src/browser.ts"),
      "@mlpconv/engine-webgpu": packages("engine-webgpu/src/browser.ts"),
      "@mlpconv/datasets/info": packages("datasets/src/info.ts"),
      "@mlpconv/datasets": packages("datasets/src/index.browser.ts"),
      "@tensorflow/tfjs-backend-webgl": leftOut,
      "@tensorflow/tfjs-data": leftOut,
      "@tensorflow/tfjs-converter": leftOut,
    },
  },
  plugins: [wasmModules, policyInPage],
  // So that the development server knows what the Worker imports before the page asks for it, and need not load the page again.
  optimizeDeps: { entries: ["index.html", "src/session/worker.ts"] },
  server: { headers },
  preview: { headers },
  build: {
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: "index.html", [serviceWorker]: "src/isolation/service-worker.ts" },
      output: {
        // A service worker is found by its name, and its folder is its scope.
        entryFileNames: ({ name }) => (name === serviceWorker ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  // A Worker has a build of its own, with plugins of its own.
  worker: { format: "es", plugins: () => [wasmModules] },
};
export default defineConfig(config);
