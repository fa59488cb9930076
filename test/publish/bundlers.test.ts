// An application that uses engine-wasm, from packages as they are published, made by each bundler and opened in Chromium: the module and its
// Workers are found as the README says, and the values are those of Node.
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packPackage } from "../../scripts/pack-package.js";
import { publicPackages } from "../../scripts/public-packages.js";
import { chromiumPath, skippedWithoutChromium } from "../chromium.js";
import { nightly } from "../nightly.js";
import {
  blockWith,
  startCdn,
  withCdn,
  withEsbuild,
  withRollup,
  withVite,
  withWebpack,
  writeVitePage,
} from "./bundlers.js";
import { command, lastLine } from "./commands.js";
import { type Site, serve, serveFolder } from "./serve.js";

/** What the program `steps` reports. */
interface Found {
  backend: string;
  device: string;
  losses: number[];
  hash: string;
  error?: string;
}

/** What the program `predict` reports. */
interface Predicted {
  device: string;
  logits: number[];
  reference: number[];
  milliseconds: { least: number; median: number };
}

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const cores = availableParallelism();
const manyThreads = cores > 1 ? `${Math.min(cores, 16)} threads, SIMD` : "1 thread, SIMD; 1 core";
const oneThread = "1 thread, SIMD; the page is not cross-origin isolated, see the headers COOP and COEP";

const root = mkdtempSync(join(tmpdir(), "mlpconv-bundlers-"));
const place = { cwd: root, home: root };
/** To take other versions of Node from. */
const hasRegistry = (() => {
  try {
    execFileSync("npm", ["view", "node", "version"], { timeout: 60_000, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
let browser: Browser;
/** What the program reports in Node, on one thread and on several. */
let onOne: Found;
let onMany: Found;

/** The packages as they are published, beside the workspace's TensorFlow.js. */
const install = async (): Promise<void> => {
  writeFileSync(join(root, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const name of ["kernels", "engine-wasm", "tensor"]) {
    const target = join(root, "node_modules/@mlpconv", name);
    mkdirSync(target, { recursive: true });
    const each = publicPackages().find(({ folder }) => folder === `packages/${name}`)!;
    const archive = await packPackage(each, root);
    execFileSync("tar", ["-xzf", archive, "-C", target, "--strip-components=1"]);
  }
  mkdirSync(join(root, "node_modules/@tensorflow"));
  const links = {
    tfjs: "packages/engine-wasm",
    "tfjs-core": "packages/engine-wasm",
    "tfjs-backend-cpu": "packages/kernels",
  };
  for (const [name, of] of Object.entries(links)) {
    const from = realpathSync(resolve(of, "node_modules/@tensorflow", name));
    symlinkSync(from, join(root, "node_modules/@tensorflow", name), "junction");
  }
  const levenshtein = "node_modules/fastest-levenshtein";
  symlinkSync(realpathSync(resolve("packages/tensor", levenshtein)), join(root, levenshtein), "junction");
  for (const name of ["steps", "in-worker", "predict"]) {
    const source = readFileSync(`test/publish/programs/${name}.ts`, "utf8");
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    writeFileSync(join(root, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
};

/** What the program reports in Node. */
const inNode = async (threads: number, node: readonly string[] = [process.execPath]): Promise<Found> =>
  lastLine(await command(place, "env", [`MLPCONV_THREADS=${threads}`, ...node, "steps.js"]));

/** Writes ninMnist's files, as `mlpconv export` does, in a process that uses the packages from source. */
const exportModel = async (folder: string): Promise<void> => {
  const program = `
    const { ninMnist } = await import("@mlpconv/models");
    const { useEngine } = await import("@mlpconv/tensor");
    const { saveModel } = await import("@mlpconv/weights/node");
    await useEngine("wasm");
    await saveModel(ninMnist({ ratio: 3, seed: 1 }), ${JSON.stringify(folder)});`;
  const parameters = ["--conditions=@mlpconv/source", "--import", import.meta.resolve("tsx")];
  // From a package that depends on all of them.
  await command({ cwd: resolve("apps/train"), home: root }, process.execPath, [
    ...parameters,
    "--input-type=module",
    "--eval",
    program,
  ]);
};

/** What the program leaves in the page's title. */
const titleAt = async <T = Found>(origin: string): Promise<T> => {
  const page = await browser.newPage();
  try {
    const said: string[] = [];
    page.on("pageerror", ({ message }) => said.push(message));
    page.on("console", (line) => line.type() === "error" && said.push(line.text()));
    await page.goto(origin);
    const until = Date.now() + 20_000;
    while ((await page.title()) === "" && Date.now() < until) await wait(50);
    const title = await page.title();
    if (title === "") throw new Error(`expected the program to set the title, got: ${said.join("; ")}`);
    return JSON.parse(title);
  } finally {
    await page.close();
  }
};

/** The same for a folder served with these headers. */
const visit = async <T = Found>(headers: Record<string, string>, folder = join(root, "dist")): Promise<T> => {
  const site = await serveFolder(folder, headers);
  try {
    return await titleAt<T>(`${site.origin}/`);
  } finally {
    await site.close();
  }
};

/** The page in `dist`, isolated and not: the values are those of Node, to the bit. */
const expectSteps = async () => {
  expect(await visit({})).toEqual({ ...onOne, device: oneThread });
  expect(await visit(isolation)).toEqual(onMany);
};

describe.skipIf(!chromiumPath)(`an application in Chromium${skippedWithoutChromium}`, () => {
  beforeAll(async () => {
    await install();
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
    onOne = await inNode(1);
    onMany = await inNode(cores);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("Node trains, on one thread and on several, and gives the same bits again", async () => {
    expect(onOne.device).toBe("1 thread, SIMD; MLPCONV_THREADS=1");
    expect(onMany.device).toBe(manyThreads);
    for (const { backend, losses } of [onOne, onMany]) {
      expect(backend).toBe("wasm");
      expect(losses[9]).toBeLessThan(losses[0]! * 0.95);
    }
    expect([await inNode(1), await inNode(cores)]).toEqual([onOne, onMany]);
  });

  test("vite bundles it", async () => {
    await withVite(root, "steps.js");
    await expectSteps();
  });

  test("webpack bundles it", async () => {
    await withWebpack(root, "steps.js");
    await expectSteps();
  });

  test("rollup bundles it, and the README's command copies the modules", async () => {
    await withRollup(root, "steps.js");
    await expectSteps();
  });

  test("esbuild bundles it, and the README's command copies the modules", async () => {
    await withEsbuild(root, "steps.js");
    await expectSteps();
  });

  test("vite's development server serves it, with the README's headers", async () => {
    writeVitePage(root, "steps.js");
    const configFile = join(root, "vite.config.ts");
    writeFileSync(configFile, blockWith("ts", "server: { headers }"));
    const { createServer } = await import("vite");
    const server = await createServer({
      root,
      configFile,
      logLevel: "error",
      server: { port: 0, host: "127.0.0.1" },
    });
    try {
      await server.listen();
      expect(await titleAt(server.resolvedUrls!.local[0]!)).toEqual(onMany);
    } finally {
      await server.close();
    }
  });

  test("esbuild's plain script cannot name the module: the error says to bundle an ES module", async () => {
    await withEsbuild(root, "steps.js", "iife");
    const { error } = await visit({});
    expect(error).toBe(
      "wasm: expected the program's address in import.meta.url, got undefined; bundle the program as an ES module",
    );
  });

  describe("without a bundler", () => {
    let cdn: Site;
    beforeAll(async () => {
      cdn = await startCdn(root);
      withCdn(root, "steps.js", cdn);
    });
    afterAll(() => cdn.close());
    test("a page takes it from a CDN, another origin, by the README's import map", expectSteps);
  });

  describe("what a page allows", () => {
    const policy = blockWith("text", "Content-Security-Policy")
      .trim()
      .replace("Content-Security-Policy: ", "");
    const served = (policy: string) => ({ ...isolation, "Content-Security-Policy": policy });
    beforeAll(() => withEsbuild(root, "steps.js"));

    test("the README's Content-Security-Policy allows threads", async () => {
      expect(await visit(served(policy))).toEqual(onMany);
    });

    test.skipIf(cores === 1)(
      "without worker-src blob: one thread computes, and describe says why",
      async () => {
        const found = await visit(served(policy.replace("worker-src blob:", "worker-src 'self'")));
        expect(found).toEqual({
          ...onOne,
          device: expect.stringMatching(
            /^1 thread, SIMD; \d+ of \d+ Workers did not start: .*worker-src blob:/,
          ),
        });
      },
    );

    test("without wasm-unsafe-eval the error says to add it", async () => {
      const { error } = await visit(served(policy.replace("'wasm-unsafe-eval'", "")));
      expect(error).toMatch(
        /^wasm: expected a page that compiles WebAssembly, got: .*; add 'wasm-unsafe-eval' to script-src/,
      );
    });

    test("a module that is not there is an error with its address, whatever the server answers", async () => {
      rmSync(join(root, "dist/simd.wasm"));
      const { error } = await visit({});
      expect(error).toMatch(
        /^wasm: expected http.*\/simd\.wasm, got HTTP status 404; serve it beside the program$/,
      );
      const site = await serve((path) => join(root, "dist", path === "/main.js" ? path : "index.html"));
      const { error: other } = await titleAt(`${site.origin}/`);
      await site.close();
      expect(other).toMatch(
        /simd\.wasm to be a WebAssembly module, got text\/html; serve the module beside the program$/,
      );
    });
  });

  test("a page opens an exported model and classifies one image, as tfjs's cpu backend does", async () => {
    await withEsbuild(root, "predict.js");
    await exportModel(join(root, "dist/net"));
    for (const [headers, device] of [
      [{}, oneThread],
      [isolation, manyThreads],
    ] as const) {
      const found = await visit<Predicted>(headers);
      expect(found.device).toBe(device);
      expect(found.logits).toHaveLength(10);
      expect(Math.max(...found.logits) - Math.min(...found.logits)).toBeGreaterThan(0.01);
      for (const [i, logit] of found.logits.entries()) expect(logit).toBeCloseTo(found.reference[i]!, 4);
      console.info(`${device}: ${found.milliseconds.median.toFixed(2)} ms for one image`);
    }
  });

  test.each([
    ["esbuild", withEsbuild],
    ["webpack", withWebpack],
  ])(
    "%s bundles a program that chooses its engine, without engines that are not installed",
    async (_, bundle) => {
      writeFileSync(
        join(root, "choose.js"),
        `import { engines } from "@mlpconv/tensor";
engines().then((found) => { document.title = JSON.stringify(found); });\n`,
      );
      await bundle(root, "choose.js");
      const found = await visit<{ name: string; usable: boolean; code?: string; device?: string }[]>({});
      expect(found.find(({ name }) => name === "wasm")).toMatchObject({ usable: true, device: oneThread });
      expect(found.find(({ name }) => name === "webgpu")).toMatchObject({
        usable: false,
        code: "not-installed",
      });
    },
  );

  test("two Workers of a page train at once, isolated and not, to the same bits", async () => {
    await withVite(root, "in-worker.js");
    expect(await visit<Found[]>({})).toEqual([1, 2].map(() => ({ ...onOne, device: oneThread })));
    expect(await visit<Found[]>(isolation)).toEqual([onMany, onMany]);
  });

  test("two Workers of a Node process train beside its main thread, to the same bits", async () => {
    writeFileSync(
      join(root, "in-threads.js"),
      `import { Worker } from "node:worker_threads";
for (const _ of [1, 2]) new Worker(new URL("./steps.js", import.meta.url));
await import("./steps.js");\n`,
    );
    const { stdout } = await command(place, "env", [
      `MLPCONV_THREADS=${cores}`,
      process.execPath,
      "in-threads.js",
    ]);
    const found = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(found).toEqual([onMany, onMany, onMany]);
  });

  test.runIf(nightly && hasRegistry)(
    `other versions of Node give the same bits${hasRegistry ? "" : " (skipped: no package registry)"}`,
    async () => {
      for (const major of [22, 24]) {
        const node = ["npx", "--yes", "--package", `node@${major}`, "node"];
        expect(await inNode(cores, node), `Node ${major}`).toEqual(onMany);
      }
    },
  );
});
