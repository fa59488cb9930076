// The site as it is built: every page is whole, fits a phone, finds what is searched for, and asks no other host for anything.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../test/chromium.js";

const run = promisify(execFile);
const docs = fileURLToPath(new URL("..", import.meta.url));
const site = join(docs, ".vitepress", "dist");

// VitePress fails on a link to a page that is not there.
beforeAll(async () => {
  const program = [
    ["--conditions=@mlpconv/source", "--import", "tsx", "scripts/prepare.ts"],
    ["node_modules/vitepress/bin/vitepress.js", "build", "."],
  ];
  for (const args of program) {
    await run(process.execPath, args, { cwd: docs }).catch((error) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    });
  }
}, 600_000);

const pages = () =>
  readdirSync(site, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".html"));

test("there is a page for each guide, in Chinese too, and for each package", () => {
  const guides = readdirSync(join(docs, "guide")).map((name) => join("guide", name.replace(".md", ".html")));
  expect(pages()).toEqual(expect.arrayContaining(guides));
  expect(pages()).toContain(join("zh", "guide", "getting-started.html"));
  expect(pages()).toContain(join("api", "@mlpconv", "runs", "node.html"));
});

test("no page loads anything from another host", () => {
  for (const path of pages()) {
    const html = readFileSync(join(site, path), "utf8");
    const loads =
      html.match(/<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="(?:https?:)?\/\/[^"]*"/g) ?? [];
    expect(loads, path).toEqual([]);
  }
});

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The folder as any file server has it: no name without an ending but those of pages. */
const serve = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(({ url = "/" }, response) => {
      const path = join(site, decodeURIComponent(new URL(url, "http://localhost").pathname));
      const file = [path, `${path}.html`, join(path, "index.html")].find(
        (each) => extname(each) && existsSync(each),
      );
      response.writeHead(file ? 200 : 404, { "content-type": types[extname(file ?? "")] ?? "text/plain" });
      response.end(file && readFileSync(file));
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

describe.skipIf(!chromiumPath)(`in a browser${skippedWithoutChromium}`, () => {
  let server: Server;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    server = await serve();
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens a page and collects what goes wrong on it. */
  const open = async (path: string, width: number): Promise<{ page: Page; problems: string[] }> => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
        problems.push(`asks for ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(origin + path, { waitUntil: "networkidle" });
    return { page, problems };
  };

  test.each([
    "/",
    "/guide/from-pytorch",
    "/guide/performance",
    "/api/@mlpconv/tensor",
    "/zh/guide/getting-started",
    "/zh/guide/from-pytorch",
  ])("%s loads nothing from other hosts, and fits a phone", async (path) => {
    const { page, problems } = await open(path, 390);
    expect(problems).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await page.close();
  });

  test.each([
    ["/", "Train a small Network in Network here"],
    ["/zh/", "就在这里训练一个小的 NiN"],
  ])("on %s a network learns once the reader asks for it, and not before", async (path, start) => {
    const { page, problems } = await open(path, 1280);
    expect(page.frames()).toHaveLength(1);
    await page.getByRole("button", { name: start }).click();
    const frame = page.frameLocator(".live-network iframe");
    // Its loss, such as 1.767.
    await frame.locator("#training", { hasText: /\d\.\d{3}/ }).waitFor({ timeout: 60_000 });
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each([
    ["/guide/getting-started", "globalAvgPool", "@mlpconv/layers"],
    ["/zh/guide/getting-started", "混淆矩阵", "快速上手"],
  ])("the search on %s finds %s", async (path, words, title) => {
    const { page, problems } = await open(path, 1280);
    await page.keyboard.press("Control+k");
    await page.fill("#localsearch-input", words);
    await page.waitForSelector(`#localsearch-list .result:has-text("${title}")`);
    expect(problems).toEqual([]);
    await page.close();
  });
});
