// The Worker in Chromium, as vite serves it in development. The tests of the page have it as vite builds it.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { quickSettings, smallData } from "../src/session/sample.js";

const app = fileURLToPath(new URL("..", import.meta.url));

let browser: Browser;
let server: ViteDevServer;
beforeAll(async () => {
  if (!chromiumPath) return;
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  server = await createServer({
    configFile: join(app, "vite.config.ts"),
    root: join(app, "test", "worker-page"),
    logLevel: "error",
    optimizeDeps: { entries: ["main.ts", "../../src/session/worker.ts"] },
    server: { host: "127.0.0.1", port: 0, fs: { allow: [join(app, "../..")] } },
  });
  await server.listen();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

test.skipIf(!chromiumPath)(
  `trains on engine wasm, answers meanwhile, and says where there is no GPU${skippedWithoutChromium}`,
  async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("requestfailed", (request) => problems.push(request.url()));
    await page.goto(server.resolvedUrls!.local[0]!);
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
  },
);
