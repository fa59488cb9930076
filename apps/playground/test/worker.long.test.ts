// The Worker in Chromium, as vite serves it in development and as it builds it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build, createServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quickSettings, smallData } from "../src/session/sample.js";

const app = fileURLToPath(new URL("..", import.meta.url));
const root = join(app, "test", "worker-page");
const common = { configFile: join(app, "vite.config.ts"), root, logLevel: "error" } as const;
const at = { host: "127.0.0.1", port: 0 };

let browser: Browser;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
});
afterAll(async () => {
  await browser.close();
  for (const close of closing) await close();
});

const served = async (how: "dev" | "build", headers: Record<string, string> | undefined): Promise<string> => {
  const own = headers && { headers };
  if (how === "dev") {
    const server = await createServer({
      ...common,
      optimizeDeps: { entries: ["main.ts", "../../src/session/worker.ts"] },
      server: { ...at, ...own, fs: { allow: [join(app, "../..")] } },
    });
    closing.push(() => server.close());
    await server.listen();
    return server.resolvedUrls!.local[0]!;
  }
  const outDir = mkdtempSync(join(tmpdir(), "playground-worker-"));
  await build({ ...common, build: { outDir, emptyOutDir: true } });
  const server = await preview({ ...common, build: { outDir }, preview: { ...at, ...own } });
  closing.push(() => server.close().finally(() => rmSync(outDir, { recursive: true, force: true })));
  return server.resolvedUrls!.local[0]!;
};

describe.each(["dev", "build"] as const)("with vite's %s", (how) => {
  test("trains on engine wasm, answers meanwhile, and says where there is no GPU", async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("requestfailed", (request) => problems.push(request.url()));
    await page.goto(await served(how, undefined));
    await expect.poll(() => page.title(), { timeout: 20_000 }).toBe("ready");
    const request = { engine: "wasm" as const, data: smallData, networks: [quickSettings({ epochs: 20 })] };
    const opened = await page.evaluate((wanted) => session.open(wanted), request);
    expect(opened.engine.device).toMatch(/threads?, /);
    const answers = await page.evaluate(async () => {
      const running = session.train(record);
      const look = await session.look(0);
      const stepsThen = steps.length;
      await session.pause();
      return { state: await running, look: look.step, watched: look.watched.length, stepsThen };
    });
    expect(answers).toMatchObject({ state: "paused", watched: 10 });
    expect(answers.look).toBeLessThan(60);
    // Chromium was started without a GPU.
    const noGpu = await page.evaluate(
      (wanted) => session.open({ ...wanted, engine: "webgpu" }).catch((error: Error) => error.message),
      request,
    );
    expect(noGpu).toMatch(/^webgpu: .*; use |^webgpu: .*; install /);
    await page.evaluate((wanted) => session.open({ ...wanted, engine: "auto" }).then(() => {}), request);
    const problem = await page.evaluate(() => session.look(3).catch((error: Error) => error.message));
    expect(problem).toBe("look: expected a network from 0 to 0, got 3");
    expect(problems).toEqual([]);
    await page.close();
  });
});
