// The page as a reader meets it: in a browser, light and dark, on a desk, on a phone and on paper, judged by axe-core.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Run } from "@mlpconv/runs";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { classes, imageShape, sampleRun, sampleVgg } from "../../runs/test/sample-run.js";
import { writeReport } from "../src/node/index.js";
import { manyClassesRun } from "./many-classes.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const config = {
  data: { name: "fashion-mnist" },
  preset: "quick",
  resize: 224,
  net: { ratio: 4 },
} as Run["config"];
/** A table as wide as `compare` writes it. */
const summary = {
  caption: "Each net over its finished runs",
  heads: [
    ...[
      "net",
      "test accuracy",
      "min",
      "max",
      "95% interval",
      "seeds",
      "parameters",
      "MACs",
      "training img/s",
    ],
    ...["inference img/s", "time to 0.85", "loss", "pixels", "epochs x images", "activations", "peak RSS"],
  ],
  rows: ["lenet", "alexnet", "vgg11, 1/4 width", "ninMnist"].map((model) => [
    ...[
      model,
      "0.8912",
      "0.8801",
      "0.9012",
      "0.8801-0.9012",
      "2, 1 failed",
      "46,764,746",
      "1234.5 M",
      "12,345",
    ],
    ...["12,345", "1 h 12 min (2 of 3)", "0.312", "224", "10 x 60,000", "12345 kB", "12345 MB"],
  ]),
  notes: [],
};
const folder = mkdtempSync(join(tmpdir(), "page-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!chromiumPath)(`the page in a browser${skippedWithoutChromium}`, () => {
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    const many = manyClassesRun(40, 8);
    const runs = [
      sampleRun(),
      sampleRun({ name: `a-long-name-${"x".repeat(80)}`, analysis: { classes, imageShape, net: sampleVgg } }),
      { ...many, name: "many-classes", config: { ...many.config, data: { name: "fashion-mnist" } } },
    ];
    const [page] = await writeReport(folder, { runs });
    address = pathToFileURL(page!).href;
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
  });
  afterAll(() => browser?.close());

  const open = async (options: object, look: (page: Page) => Promise<void>) => {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      await page.goto(address);
      await look(page);
      expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([address]);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  };

  test.each(["light", "dark"] as const)("has no barriers that axe-core knows, in %s", async (colorScheme) => {
    await open({ colorScheme, bypassCSP: true }, async (page) => {
      const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(paper).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
      await page.evaluate(axe);
      const { violations, passes } = (await page.evaluate("axe.run()")) as AxeResults;
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(passes.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          "svg-img-alt",
          "color-contrast",
          "heading-order",
          "scrollable-region-focusable",
        ]),
      );
    });
  });

  test("names every figure to a screen reader", async () => {
    await open({}, async (page) => {
      const figures = page.getByRole("img");
      expect(await figures.count()).toBe(await page.locator("svg").count());
      expect(await page.getByRole("img", { name: "Confusion matrix of try-1" }).count()).toBe(1);
    });
  });

  test("a comparison of four networks with three seeds fits 1,280 pixels: nothing is scrolled sideways", async () => {
    const models = ["lenet", "alexnet", "vgg11", "ninMnist"];
    const runs = models.flatMap((model) =>
      [0, 1, 2].map((seed) =>
        sampleRun({ name: `quick-${model}-seed${seed}`, config: { ...config, model, seed } }),
      ),
    );
    const [page] = await writeReport(join(folder, "comparison"), {
      runs,
      detailed: runs.slice(0, 1),
      summary,
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    try {
      const tab = await context.newPage();
      await tab.goto(pathToFileURL(page!).href);
      const scrolled = await tab.evaluate(
        `[document.documentElement, ...document.querySelectorAll("#comparison .scroll")]
          .map((box) => box.scrollWidth - box.clientWidth)`,
      );
      expect(scrolled).toEqual([0, 0, 0, 0]);
    } finally {
      await context.close();
    }
  });

  test("fits a phone: what is wide is scrolled by itself", async () => {
    await open({ viewport: { width: 360, height: 740 } }, async (page) => {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
      const tooWide = await page.evaluate(
        `[...document.querySelectorAll("figure, table, dl, svg, h1, h2, a")]
          .filter((element) => !element.closest(".scroll") && element.getBoundingClientRect().right > 360).length`,
      );
      expect(tooWide).toBe(0);
    });
  });

  test("is light on paper, without what cannot be clicked there", async () => {
    // A4 with the margins that browsers leave.
    await open({ colorScheme: "dark", viewport: { width: 718, height: 1000 } }, async (page) => {
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
        "rgb(255, 255, 255)",
      );
      expect(await page.locator("nav").isVisible()).toBe(false);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(718);
    });
  });
});
