// Isolation from other origins in a browser, on hosts of several kinds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { isolationHeaders } from "../src/isolation/headers.js";
import { type StaticSite, serveStatic } from "./static-site.js";

const root = fileURLToPath(new URL("isolated-page", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "isolated-page-"));

describe.skipIf(!chromiumPath)(`in a browser${skippedWithoutChromium}`, () => {
  let browser: Browser;
  let plain: StaticSite;
  let withHeaders: StaticSite;

  beforeAll(async () => {
    const worker = fileURLToPath(new URL("../src/isolation/service-worker.ts", import.meta.url));
    const input = { index: join(root, "index.html"), "isolation-worker": worker };
    // Built by the page's own settings, below a folder: what is at the host's root is another's.
    await build({
      root,
      configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
      logLevel: "error",
      build: { outDir: join(folder, "sub"), rolldownOptions: { input } },
    });
    writeFileSync(join(folder, "frame.html"), '<!doctype html><iframe src="sub/index.html"></iframe>');
    plain = await serveStatic(folder);
    withHeaders = await serveStatic(folder, isolationHeaders);
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--host-resolver-rules=MAP host.example 127.0.0.1",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    plain?.close();
    withHeaders?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Waits until a page has said in its title what it is, after a reload too. Its policy allows no function of playwright's to wait there. */
  const hasSaid = (page: Pick<Page, "title">) =>
    expect.poll(() => page.title(), { timeout: 20_000 }).toMatch(/^\{/);

  /** Opens an address as a new visitor, as often as asked, and gives what the page says of itself each time. */
  const visit = async (address: string, times = 1, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const said: unknown[] = [];
    for (let time = 0; time < times; time++) {
      await page.goto(address, { waitUntil: "commit" });
      await hasSaid(page);
      said.push(JSON.parse(await page.title()));
    }
    const workers = await page.evaluate(
      "navigator.serviceWorker?.getRegistrations().then((all) => all.length)",
    );
    await context.close();
    return { said, workers };
  };

  const isolated = { state: "isolated", page: true, worker: true };
  const open = { page: false, worker: false };

  test("a host without headers: the first visit reloads once, the next does not, and Workers are isolated too", async () => {
    plain.asked.length = 0;
    expect(await visit(`${plain.origin}/sub/`, 2)).toEqual({ said: [isolated, isolated], workers: 1 });
    expect(plain.asked.filter((path) => path === "/sub/")).toHaveLength(3);
    // The service worker reads nothing else itself, and stays below the page's folder.
    expect(plain.asked.every((path) => path.startsWith("/sub/") || path === "/favicon.ico")).toBe(true);
  });

  test("a host that sends the headers: no service worker, no reload", async () => {
    withHeaders.asked.length = 0;
    expect(await visit(`${withHeaders.origin}/sub/`)).toEqual({ said: [isolated], workers: 0 });
    expect(withHeaders.asked.filter((path) => path === "/sub/")).toHaveLength(1);
  });

  test("a browser without service workers: one thread, and why", async () => {
    const found = await visit(`${plain.origin}/sub/`, 1, { serviceWorkers: "block" });
    expect(found.said).toEqual([{ state: "no-service-worker", ...open }]);
  });

  test("a host that is not secure: one thread, and why", async () => {
    const { port } = new URL(plain.origin);
    const { said } = await visit(`http://host.example:${port}/sub/`);
    expect(said).toEqual([{ state: "insecure", ...open }]);
  });

  test("in a frame of a page that is not isolated: one thread, and why, without reloading", async () => {
    const page = await browser.newPage();
    await page.goto(`${plain.origin}/frame.html`);
    const frame = page.frames()[1]!;
    await hasSaid(frame);
    expect(JSON.parse(await frame.title())).toEqual({ state: "framed", ...open });
    await page.close();
  });

  test("a service worker that does not help: the page reloads once and says so", async () => {
    const site = await serveStatic(folder);
    try {
      const context = await browser.newContext();
      await context.route("**/isolation-worker.js", (route) =>
        route.fulfill({ contentType: "text/javascript", body: "" }),
      );
      const page = await context.newPage();
      await page.goto(`${site.origin}/sub/`, { waitUntil: "commit" });
      await hasSaid(page);
      expect(JSON.parse(await page.title())).toEqual({ state: "not-effective", ...open });
      expect(site.asked.filter((path) => path === "/sub/")).toHaveLength(2);
      await context.close();
    } finally {
      site.close();
    }
  });

  test("the service worker is one script without imports, which every browser that has service workers can start", () => {
    expect(readFileSync(join(folder, "sub/isolation-worker.js"), "utf8")).not.toMatch(/\b(import|export)\b/);
  });
});
