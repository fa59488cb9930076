// `bench browser`: measures engine wasm's training step alternately in Chromium and in Node, on one thread and on all.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { type PreviewServer, preview } from "vite";
import { type CaseName, cases } from "./cases.js";
import type { MeasuredInBrowser } from "./measure-step-in-browser.js";
import { writeResults } from "./results.js";
import { runJson } from "./run-json.js";
import { median } from "./statistics.js";

export interface BrowserOptions {
  cases: CaseName[];
  /** Images in a step; undefined for those of the case. */
  batch: number | undefined;
  /** Steps in a round, after two for warming up. */
  steps: number;
  /** Number of rounds, each with Chromium and Node. */
  rounds: number;
  /** Path of Chromium. */
  chromium: string;
}

/** A case on so many threads, in both. */
export interface BrowserRow {
  case: CaseName;
  batch: number;
  threads: number;
  /** Chromium's device, with its number of threads. */
  device: string;
  browserSecondsPerStep: number;
  nodeSecondsPerStep: number;
  /** Chromium's time over Node's: the median of the rounds. */
  ratio: number;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const packages = here("../../../packages/");

/** Headers of a page that is isolated from other origins, and so may have threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Writes the page that measures into a folder, from the sources of the packages. */
const writePage = async (folder: string): Promise<void> => {
  await build({
    entryPoints: [here("measure-step-in-browser.ts")],
    bundle: true,
    format: "esm",
    outfile: join(folder, "main.js"),
    conditions: ["@mlpconv/source"],
    // Their sources for browsers; from `dist` the bundler would choose these itself.
    alias: {
      "@mlpconv/engine-wasm": join(packages, "engine-wasm/src/browser.ts"),
      "@mlpconv/datasets": join(packages, "datasets/src/index.browser.ts"),
    },
    external: ["@mlpconv/engine-webgpu"],
    logLevel: "error",
  });
  for (const name of ["simd.wasm", "simd-threads.wasm"])
    copyFileSync(join(packages, "engine-wasm/wasm", name), join(folder, name));
  writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="./main.js"></script>');
};

const inChromium = async (
  browser: Browser,
  { resolvedUrls }: PreviewServer,
  plan: Record<string, string>,
): Promise<MeasuredInBrowser> => {
  const page = await browser.newPage();
  try {
    await page.goto(`${resolvedUrls!.local[0]!}?${new URLSearchParams(plan)}`);
    await page.waitForFunction("document.title !== ''", undefined, { timeout: 600_000 });
    const found = JSON.parse(await page.title()) as MeasuredInBrowser;
    if (found.error) throw new Error(`bench: expected the page to measure, got: ${found.error}`);
    return found;
  } finally {
    await page.close();
  }
};

const inNode = async (
  name: CaseName,
  batch: number,
  steps: number,
  threads: number,
): Promise<{ secondsPerStep: number }> =>
  runJson(
    process.execPath,
    [
      // Said in full, so that a test runner can call this too.
      ...["--conditions=@mlpconv/source", "--import", import.meta.resolve("tsx")],
      ...[here("measure-step.ts"), "step", name, String(batch), String(steps), "wasm"],
    ],
    { MLPCONV_THREADS: String(threads) },
  );

/** Measures each case on one thread and, where there are several cores, on as many as a page takes. */
export const measureBeside = async ({
  cases: names,
  batch: wanted,
  steps,
  rounds,
  chromium: executablePath,
}: BrowserOptions): Promise<{ version: string; rows: BrowserRow[] }> => {
  const root = mkdtempSync(join(tmpdir(), "mlpconv-bench-browser-"));
  const outDir = ".";
  const served = (headers: Record<string, string>) =>
    preview({
      root,
      configFile: false,
      logLevel: "error",
      build: { outDir },
      preview: { port: 0, host: "127.0.0.1", headers },
    });
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  const servers: PreviewServer[] = [];
  try {
    await writePage(root);
    const rows: BrowserRow[] = [];
    const counts = [...new Set([1, Math.min(availableParallelism(), 16)])];
    for (const threads of counts) {
      const server = await served(threads > 1 ? isolation : {});
      servers.push(server);
      for (const name of names) {
        const batch = wanted ?? cases[name].batch;
        const plan = { case: name, batch: String(batch), steps: String(steps) };
        const [browserSeconds, nodeSeconds]: [number[], number[]] = [[], []];
        let device = "";
        for (let round = 0; round < rounds; round++) {
          const found = await inChromium(browser, server, plan);
          device = found.device;
          browserSeconds.push(found.secondsPerStep);
          nodeSeconds.push((await inNode(name, batch, steps, threads)).secondsPerStep);
        }
        rows.push({
          case: name,
          batch,
          threads,
          device,
          browserSecondsPerStep: median(browserSeconds),
          nodeSecondsPerStep: median(nodeSeconds),
          ratio: median(browserSeconds.map((seconds, i) => seconds / nodeSeconds[i]!)),
        });
      }
    }
    return { version: browser.version(), rows };
  } finally {
    await browser.close();
    for (const server of servers) await server.close();
    rmSync(root, { recursive: true, force: true });
  }
};

export const benchBrowser = async (options: BrowserOptions): Promise<void> => {
  const { version, rows } = await measureBeside(options);
  for (const row of rows)
    console.log(
      `${row.case} batch ${row.batch}, ${row.threads} ${row.threads === 1 ? "thread" : "threads"}: Chromium ${(1000 * row.browserSecondsPerStep).toFixed(1)} ms, Node ${(1000 * row.nodeSecondsPerStep).toFixed(1)} ms, ratio ${row.ratio.toFixed(2)}`,
    );
  const { steps, rounds } = options;
  console.log(
    `written to ${writeResults("browser", "wasm", undefined, { chromium: version, steps, rounds, rows })}`,
  );
};
