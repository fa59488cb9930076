// The built package in a real browser: bundled by vite without any configuration of ours, it finds its .wasm file and trains.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { type Options, build as tsup } from "tsup";
import { preview, build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Inside node_modules: dependencies resolve from there, and git and the other tests do not see it. */
const site = here("../node_modules/.browser-test");
const bundle = { root: site, configFile: false, logLevel: "error", base: "./" } as const;

/** Opens the site, served with these headers, and gives what the program left in the title. */
const visit = async (headers: Record<string, string>): Promise<unknown> => {
  const server = await preview({ ...bundle, preview: { port: 0, host: "127.0.0.1", headers } });
  const browser = await chromium.launch({
    ...(chromiumPath ? { executablePath: chromiumPath } : {}),
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.waitForFunction("document.title !== ''");
    return JSON.parse(await page.title());
  } finally {
    await browser.close();
    await server.close();
  }
};

describe.skipIf(!chromiumPath)(`a bundled program${skippedWithoutChromium}`, () => {
  beforeAll(async () => {
    await rm(site, { recursive: true, force: true });
    await mkdir(site, { recursive: true });
    const options: Options = {
      config: false,
      format: "esm",
      silent: true,
      tsconfig: here("../tsconfig.json"),
      // From source: the package that is built need not be.
      esbuildOptions: (esbuild) => {
        esbuild.conditions = ["@mlpconv/source"];
      },
      noExternal: ["@mlpconv/kernels"],
      external: [/^@tensorflow/],
    };
    await tsup({ ...options, entry: [here("../src/browser.ts")], outDir: `${site}/package` });
    for (const name of ["simd", "simd-threads"])
      await cp(here(`../wasm/${name}.wasm`), `${site}/package/${name}.wasm`);
    await cp(here("browser-program.ts"), `${site}/program.ts`);
    await writeFile(
      `${site}/index.html`,
      '<!doctype html><script type="module" src="./program.ts"></script>',
    );
    await vite({
      ...bundle,
      resolve: {
        alias: {
          "@mlpconv/engine-wasm": `${site}/package/browser.js`,
          // A dependency of @mlpconv/kernels, which is bundled here.
          "@tensorflow/tfjs-backend-cpu": here("../../kernels/node_modules/@tensorflow/tfjs-backend-cpu"),
        },
      },
    });
  });
  afterAll(() => rm(site, { recursive: true, force: true }));

  it.each([
    ["on one thread", {}, /^1 thread, SIMD; the page is not cross-origin isolated/],
    [
      "on several threads where the page is isolated from other origins",
      { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
      availableParallelism() > 1 ? /^\d+ threads, SIMD$/ : /^1 thread, SIMD; 1 core$/,
    ],
  ])("trains %s", async (_, headers, device) => {
    const found = await visit(headers);
    expect(found).toMatchObject({ backend: "wasm", device: expect.stringMatching(device) });
    const { before, after } = found as { before: number; after: number };
    expect(after).toBeLessThan(before);
  });
});
