// The page in Firefox: from the program, which sends the headers that threads need, and from a folder, which a service worker isolates.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataRoutes } from "../src/server/data-routes.js";
import { playgroundServer } from "../src/server/http-server.js";
import { listen } from "../src/server/listen.js";
import { noRun } from "../src/server/run-routes.js";
import { serveStatic } from "./static-site.js";

const folder = fileURLToPath(new URL("../dist", import.meta.url));
if (!existsSync(`${folder}/index.html`))
  throw new Error(
    `expected the page in ${folder}, got none; build it: pnpm --filter @mlpconv/playground build`,
  );

const firefox = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find(
  (path) => path && existsSync(path),
);
const skipped = firefox ? "" : " (skipped: no Firefox found; set FIREFOX to its path)";

/** A small network on few images, and more epochs than the tests wait for. */
const small = "data=synthetic&engine=wasm&train=200&test=60&model=ninMnist&ratio=6&epochs=50&lang=en";

describe.skipIf(!firefox)(`the page in Firefox${skipped}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox!, headless: true });
  });
  afterAll(() => browser?.close());

  const textOf = (page: Page, selector: string) =>
    page.$eval(selector, (element) => element.textContent ?? "");
  const steps = async (page: Page) =>
    Number((await textOf(page, ".transport dl div:nth-child(2) dd")).replace(/\D/g, ""));
  const untilStep = (page: Page, least: number) =>
    expect.poll(() => steps(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(least);

  /** Opens the page, waits until it has a network, and lets a test use it. What the browser complains of fails the test. */
  const open = async (address: string, use: (page: Page) => Promise<void>) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
    });
    try {
      await page.goto(`${address}#${small}`);
      // A page that loads itself again has no elements meanwhile.
      await expect.poll(() => textOf(page, "#phase").catch(() => ""), { timeout: 20_000 }).toBe("Paused");
      expect(await page.evaluate("crossOriginIsolated")).toBe(true);
      expect(await textOf(page, ".transport > p")).toMatch(/^wasm: \d+ threads?, SIMD\. /);
      await use(page);
      expect(await textOf(page, ".notices")).toBe("");
      expect(complaints).toEqual([]);
    } finally {
      await page.close();
    }
  };

  test("from the program: trains, pauses, goes on and classifies", async () => {
    const server = playgroundServer({ folder, routes: new Map([...dataRoutes("none"), ...noRun]) });
    const { href } = await listen(server, "127.0.0.1", 0);
    try {
      await open(href, async (page) => {
        await page.click("#start");
        await untilStep(page, 8);
        await page.waitForSelector("#maps .map");
        await page.click("#pause");
        await page.waitForSelector("#phase.paused");
        const paused = await steps(page);
        expect(Number(await textOf(page, ".transport dl div:nth-child(3) dd"))).toBeGreaterThan(0);
        await page.click("#start");
        await untilStep(page, paused + 1);
        await page.click("#pause");
        await page.waitForSelector("#phase.paused");
        await page.click("#tab-try");
        await page.click("input[value=test]");
        await page.waitForSelector("#answer tbody tr");
        expect(await page.$$("#answer tbody tr")).toHaveLength(5);
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("from a folder: has threads after its service worker has loaded it again", async () => {
    const site = await serveStatic(folder);
    try {
      await open(`${site.origin}/`, async (page) => {
        await page.click("#step");
        await untilStep(page, 1);
      });
      expect(site.asked.filter((path) => path === "/")).toHaveLength(2);
    } finally {
      site.close();
    }
  });
});
