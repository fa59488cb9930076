// A page as a user's bundler makes it, shown in a browser without a window.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const site = (root: string) => ({ root, configFile: false, logLevel: "error", base: "./" }) as const;

/** Bundles a page whose only script is `program`, into `dist`. */
export const bundle = async (root: string, program: string): Promise<void> => {
  writeFileSync(
    join(root, "index.html"),
    `<!doctype html><script type="module" src="./${program}"></script>`,
  );
  const { build } = await import("vite");
  await build(site(root));
};

/** Opens the bundled page and hands it over. */
export const pageOf = async <T>(
  root: string,
  executablePath: string,
  use: (page: Page) => Promise<T>,
): Promise<T> => {
  const [{ preview }, { chromium }] = await Promise.all([import("vite"), import("playwright-core")]);
  const server = await preview({ ...site(root), preview: { port: 0, host: "127.0.0.1" } });
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    await page.goto(server.resolvedUrls!.local[0]!);
    return await use(page);
  } finally {
    await browser.close();
    await server.close();
  }
};

/** Waits for the page's program to set the title. */
export const titleOf = (root: string, executablePath: string): Promise<string> =>
  pageOf(root, executablePath, async (page) => {
    await page.waitForFunction("document.title !== ''");
    return page.title();
  });
