// The page as a reader meets it, in Chromium: training, drawing, links, the keyboard alone, errors; judged by axe-core.
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { readSafetensors } from "@mlpconv/weights";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleEvents } from "../../../packages/runs/test/sample-run.js";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { readAddress } from "../src/state/address.js";
import { settingsOf } from "../src/state/recipes.js";

const root = fileURLToPath(new URL("..", import.meta.url));
if (!existsSync(join(root, "dist/index.html")))
  throw new Error(
    `expected the page in ${root}dist, got none; build it: pnpm --filter @mlpconv/playground build`,
  );
const common = { configFile: join(root, "vite.config.ts"), root, logLevel: "error" } as const;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A small network on few images: an epoch takes a second. */
const small = "data=synthetic&train=200&test=60&engine=wasm&model=ninMnist&ratio=6&epochs=50&lang=en";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds that the thread computed. */
  tdur?: number;
  args?: { name?: string };
}

describe.skipIf(!chromiumPath)(`the page in a browser${skippedWithoutChromium}`, { timeout: 60_000 }, () => {
  let browser: Browser;
  const servers: PreviewServer[] = [];
  /** Addresses of the page with the headers that threads need, and without them. */
  const addresses: string[] = [];

  beforeAll(async () => {
    for (const isolated of [true, false]) {
      const server = await preview({
        ...common,
        preview: {
          host: "127.0.0.1",
          port: 0,
          ...(!isolated && {
            headers: {
              "Cross-Origin-Opener-Policy": "unsafe-none",
              "Cross-Origin-Embedder-Policy": "unsafe-none",
            },
          }),
        },
      });
      servers.push(server);
      addresses.push(server.resolvedUrls!.local[0]!);
    }
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.close();
  });

  const open = async (
    fragment: string,
    look: (page: Page) => Promise<void>,
    {
      isolated = true,
      forbidden: expected = [],
      ...options
    }: BrowserContextOptions & { isolated?: boolean; forbidden?: unknown[] } = {},
  ) => {
    const context = await browser.newContext(options);
    if (!isolated) await context.route("**/isolation-worker.js", (route) => route.abort());
    const page = await context.newPage();
    const errors: string[] = [];
    const forbidden: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) forbidden.push(message.text());
    });
    try {
      await page.goto(`${addresses[isolated ? 0 : 1]}#${fragment}`);
      await look(page);
      expect(errors).toEqual([]);
      // The page does nothing that its own policy forbids.
      expect(forbidden).toEqual(expected);
    } finally {
      await context.close();
    }
  };
  const ready = (page: Page) => page.locator("#phase.paused").waitFor({ timeout: 30_000 });
  const figure = async (page: Page, label: string) =>
    (await page.locator(".transport dl div", { hasText: label }).locator("dd").first().textContent())!;
  const steps = async (page: Page) => Number((await figure(page, "Step")).replace(/\D/g, ""));
  const untilStep = async (page: Page, least: number) =>
    expect.poll(() => steps(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(least);
  /** Violations that axe finds, by these rules or by all. */
  const violations = async (page: Page, rules?: readonly string[]) => {
    // Not as a script of the page, whose policy allows none but its own.
    await page.evaluate(axe);
    const options = JSON.stringify({ resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
    const { violations } = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  };
  /** Weights of the network as the page saves them. */
  const weights = async (page: Page) => {
    await page.click("#tab-files");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "safetensors (PyTorch)" }).click(),
    ]);
    return readFileSync(await download.path());
  };

  /** Values of a safetensors file, without what it says of itself. */
  const parametersOf = (bytes: Buffer) =>
    [...readSafetensors(bytes).tensors].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ]);

  test("trains, pauses and goes on, and no task of the page takes 50 ms of computing meanwhile", async () => {
    await open(small, async (page) => {
      await ready(page);
      expect(await page.locator(".transport").textContent()).toMatch(/wasm: \d+ threads?, SIMD/);
      await browser.startTracing(page, { categories: ["toplevel"] });
      await page.click("#start");
      await untilStep(page, 10);
      await page
        .getByRole("row", { name: /ankle boot/ })
        .first()
        .waitFor();
      await page.click("#pause");
      await ready(page);
      const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
        traceEvents: TraceEvent[];
      };
      const paused = await steps(page);
      await page.waitForTimeout(300);
      expect(await steps(page)).toBe(paused);
      await page.click("#start");
      await untilStep(page, paused + 5);
      await page.click("#pause");
      await ready(page);
      expect(await page.locator("#announcement").textContent()).toMatch(/^Paused after step \d+\.$/);
      expect(await page.locator("#curves .curve").first().getAttribute("d")).toMatch(/^M.*L/);

      // Time of the thread, because the clock on the wall also measures what else the machine does.
      const main = traceEvents.find(
        ({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain",
      );
      const tasks = traceEvents.filter(
        ({ name, pid, tid, tdur }) =>
          name.endsWith("RunTask") && pid === main?.pid && tid === main.tid && tdur !== undefined,
      );
      expect(tasks.length).toBeGreaterThan(20);
      expect(Math.max(...tasks.map(({ tdur }) => tdur! / 1000))).toBeLessThan(50);
    });
  });

  test("a drawing is prepared and classified, with a map over it and what each layer sees", async () => {
    await open(`${small}&view=try`, async (page) => {
      await ready(page);
      const pad = (await page.locator("#pad").boundingBox())!;
      await page.mouse.move(pad.x + 60, pad.y + 60);
      await page.mouse.down();
      await page.mouse.move(pad.x + 160, pad.y + 200, { steps: 5 });
      await page.mouse.up();
      await page.locator("#answer tbody tr").first().waitFor();
      expect(await page.locator("#answer tbody tr").count()).toBe(5);
      expect(await page.locator(".steps li").allTextContents()).toEqual([
        "Picture",
        "Cropped",
        "Grey",
        "28 pixels",
        "Inverted",
      ]);
      expect(await page.locator(".stack canvas").count()).toBe(2);
      await page.locator(".layers summary").click();
      await page.locator(".layer-output").nth(3).waitFor();
    });
  });

  test("a link leads to the same network, data and bits", async () => {
    const run = async (fragment: string) => {
      let result: { bytes: Buffer; link: string } | undefined;
      await open(
        fragment,
        async (page) => {
          await ready(page);
          for (let i = 1; i <= 2; i++) {
            await page.click("#step");
            await untilStep(page, i);
            await ready(page);
          }
          const bytes = await weights(page);
          await page.click("#tab-train");
          await page.click("#share");
          await page.getByText("The link is on the clipboard.").waitFor();
          const link = (await page.evaluate("navigator.clipboard.readText()")) as string;
          result = { bytes, link: link.split("#")[1]! };
        },
        { permissions: ["clipboard-read", "clipboard-write"] },
      );
      return result!;
    };
    const settings = {
      ...{ biases: "pytorch", optimizer: "adamw", lr: "0.05", momentum: "0.8", "weight-decay": "0.01" },
      ...{ schedule: "restarts", cycles: "2", warmup: "0.2", clip: "1", "label-smoothing": "0.1" },
      ...{
        "class-weights": "balanced",
        augment: "shift:2,mixup:0.2",
        "batch-size": "16",
        "last-relu": "true",
      },
    };
    const chosen = `${small}&${new URLSearchParams(settings)}`;
    const first = await run(`${chosen}&seed=7`);
    expect(Object.fromEntries(new URLSearchParams(first.link))).toMatchObject({ ...settings, seed: "7" });
    const second = await run(first.link);
    expect(second.link).toBe(first.link);
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
    const other = await run(`${chosen}&seed=8`);
    expect(Buffer.compare(first.bytes, other.bytes)).not.toBe(0);
  });

  test("the keyboard alone trains, draws and changes settings", async () => {
    await open(small, async (page) => {
      await ready(page);
      const focused = () =>
        page.evaluate("document.activeElement?.id || document.activeElement?.textContent");
      const tabTo = async (id: string) => {
        for (let i = 0; i < 80 && (await focused()) !== id; i++) await page.keyboard.press("Tab");
        expect(await focused()).toBe(id);
      };
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("Skip to training");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("start");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await untilStep(page, 1);
      await ready(page);
      await tabTo("tab-train");
      await page.keyboard.press("ArrowRight");
      expect(await focused()).toBe("tab-try");
      await tabTo("pad");
      for (const key of ["Space", ...Array(6).fill("ArrowDown"), "ArrowRight", "Space"])
        await page.keyboard.press(key);
      await page.locator("#answer tbody tr").first().waitFor();
      await page.keyboard.press("Delete");
      await page.getByText("Give a picture to see an answer.").waitFor();
      // Shortcuts work where no control has the focus.
      await page.evaluate("document.activeElement.blur()");
      await page.keyboard.press("s");
      await untilStep(page, 2);
      await ready(page);
      await page.getByLabel("Learning rate").focus();
      await page.keyboard.press("Control+a");
      // The browser gives the page an empty text for it.
      await page.keyboard.type("1e");
      await page.getByText("Expected a number above 0, such as 0.05.").waitFor();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("0.5");
      await page.keyboard.press("Tab");
      await page.getByText("Settings have changed").waitFor();
      expect(await page.evaluate("location.hash")).toContain("lr=0.5");
    });
  });

  test("axe finds nothing on a phone, a tablet and a desk, in light and dark, and nothing is wider than the screen", async () => {
    await open(
      `${small}&b.model=lenet&tour=1`,
      async (page) => {
        await ready(page);
        await page.click("#step");
        await untilStep(page, 1);
        // Names and roles are the same at each size, and take most of the time.
        const ofLayout = ["color-contrast", "scrollable-region-focusable"];
        for (const [width, colorScheme, rules] of [
          [390, "light", undefined],
          [820, "dark", ofLayout],
          [1440, "light", ofLayout],
        ] as const) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
          for (const view of ["train", "try", "files"]) {
            await page.click(`#tab-${view}`);
            expect(await violations(page, rules)).toEqual([]);
            expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
          }
        }
      },
      { viewport: { width: 390, height: 900 }, reducedMotion: "reduce" },
    );
  });

  test("without headers or a service worker, which threads need, it trains on one thread and says why", async () => {
    await open(
      small,
      async (page) => {
        await ready(page);
        expect(await page.evaluate("crossOriginIsolated")).toBe(false);
        expect(await page.locator(".transport").textContent()).toMatch(
          /wasm: 1 thread.*(isolat|SharedArrayBuffer)/,
        );
        expect(await page.locator(".notice").allTextContents()).toEqual([
          expect.stringContaining("one thread"),
        ]);
        await page.click("#step");
        await untilStep(page, 1);
      },
      { isolated: false },
    );
  });

  test("the tour leads through its steps by the keyboard alone, in both languages", async () => {
    const few = "data=synthetic&train=64&test=20&engine=wasm";
    await open(
      `${few}&tour=1&lang=en`,
      async (page) => {
        const atStep = async (title: string, networks: number) => {
          await expect.poll(() => page.textContent("#tour-heading")).toBe(title);
          await ready(page);
          await expect.poll(() => page.locator("aside .network").count()).toBe(networks);
        };
        const press = async (name: string) => {
          await page.locator("#tour").getByRole("button", { name, exact: true }).focus();
          await page.keyboard.press("Enter");
        };
        await atStep("1. A 1×1 convolution is a dense layer at each pixel", 1);
        const difference = page.locator(".pixel-sample [role=status]");
        await difference.waitFor();
        const chosen = () => page.locator(".pixel-sample .chosen").getAttribute("style");
        const before = await chosen();
        await page.getByLabel("Column").focus();
        await page.keyboard.press("ArrowRight");
        await expect.poll(chosen).not.toBe(before);
        await press("Train");
        expect(await page.evaluate("document.activeElement.id")).toBe("training");
        await untilStep(page, 1);
        await page.locator("#phase.paused, #phase.ended").waitFor({ timeout: 30_000 });
        expect(await difference.textContent()).toMatch(/^Largest difference: (0|\d\.\de-[6-9]\d?)$/);

        for (const [title, networks] of [
          ["2. A tenth of AlexNet's parameters", 2],
          ["3. Global average pooling and class maps", 1],
          ["4. The lottery of the chapter's learning rate", 3],
        ] as const) {
          await press("Next");
          await atStep(title, networks);
          await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("tour-heading");
        }
        await page.getByText("You have changed the networks of this step.").waitFor({ state: "hidden" });
        await page.locator("aside summary", { hasText: "ninMnist, d2l" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Remove network C" }).focus();
        await page.keyboard.press("Enter");
        await press("Set them again");
        await atStep("4. The lottery of the chapter's learning rate", 3);
        await page.getByRole("radio", { name: "EN" }).focus();
        await page.keyboard.press("ArrowRight");
        expect(await page.textContent("#tour-heading")).toBe("4. 书中学习率的运气");
        await press("5: 以恒等映射起步");
        await atStep("5. 以恒等映射起步", 2);
        await press("下一步");
        await atStep("6. 多几层或少几层 1×1 卷积", 3);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
        expect(
          new URLSearchParams((await page.evaluate("location.hash.slice(1)")) as string).get("tour"),
        ).toBe("6");
        await press("离开导览");
        await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("tour-begin");
        expect(await page.locator("#tour").count()).toBe(0);
      },
      { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" },
    );
  });

  test("the page asks no server but its own, and its Worker the one that the reader names", async () => {
    const elsewhere = addresses[1]!;
    await open(
      small,
      async (page) => {
        await ready(page);
        expect(await page.evaluate(`fetch("${elsewhere}").then(() => "sent", () => "not sent")`)).toBe(
          "not sent",
        );
        const image = `new Promise((done) => Object.assign(new Image(), { src: "${elsewhere}a.png", onerror: () => done("not sent") }))`;
        expect(await page.evaluate(image)).toBe("not sent");
        const named = "http://images.example/share";
        await page.route(`${named}/**`, (route) =>
          route.fulfill({ status: 404, headers: { "Access-Control-Allow-Origin": "*" } }),
        );
        await page.getByLabel("Images", { exact: true }).selectOption("url");
        await page.getByLabel("Address of the folder with the four files").fill(named);
        await page.getByRole("button", { name: "Load", exact: true }).click();
        await page.locator(".notice", { hasText: `expected ${named}/` }).waitFor();
        expect(await page.locator(".notice").allTextContents()).toEqual([
          expect.stringContaining("got HTTP status 404"),
        ]);
      },
      {
        forbidden: [
          expect.stringContaining("connect-src"),
          expect.stringContaining("Content Security Policy"),
          expect.stringContaining("img-src"),
        ],
      },
    );
  });

  test("what is wrong is said in the page, and the rest goes on", async () => {
    await open(`${small}&lr=fast&speed=9&engine=webgpu`, async (page) => {
      const messages = page.locator(".notice");
      await expect
        .poll(() => messages.allTextContents(), { timeout: 20_000 })
        .toEqual([
          expect.stringContaining('expected lr to be a number above 0, such as 0.05, got "fast"'),
          expect.stringContaining('"speed"'),
          expect.stringMatching(/^webgpu: .*; (use|install) /),
        ]);
      await page.getByLabel("Engine").selectOption("wasm");
      await page.click("#start");
      await page.locator("#phase.training").waitFor();
      await page.click("#pause");
      await ready(page);
      while ((await messages.count()) > 0) await messages.getByRole("button").first().click();
      await page.click("#tab-files");
      const broken = {
        name: "broken.safetensors",
        mimeType: "application/octet-stream",
        buffer: Buffer.from("no weights"),
      };
      await page.getByLabel("Choose a safetensors file").last().setInputFiles(broken);
      await messages.filter({ hasText: "safetensors" }).waitFor();
      await page.click("#tab-try");
      await page.getByRole("radio", { name: "Photo" }).check();
      await page
        .getByLabel("Choose a picture")
        .last()
        .setInputFiles({ ...broken, name: "broken.png", mimeType: "image/png" });
      await messages.filter({ hasText: "broken.png: expected a picture" }).waitFor();
      // Files that are too large are not read.
      const folder = mkdtempSync(join(tmpdir(), "playground-huge-"));
      try {
        const huge = (name: string, bytes: number): string => {
          const path = join(folder, name);
          writeFileSync(path, "");
          truncateSync(path, bytes);
          return path;
        };
        await page.getByLabel("Choose a picture").last().setInputFiles(huge("huge.png", 60e6));
        await messages.filter({ hasText: "huge.png: expected a file of up to 50 MB, got 60 MB" }).waitFor();
        await page.click("#tab-files");
        await page
          .getByLabel("Choose a safetensors file")
          .last()
          .setInputFiles(huge("huge.safetensors", 1.2e9));
        await messages.filter({ hasText: "expected a file of up to 1000 MB, got 1200 MB" }).waitFor();
      } finally {
        rmSync(folder, { recursive: true });
      }
      // A file that is dropped anywhere else does not replace the page.
      const drop = 'new DragEvent("drop", { bubbles: true, cancelable: true })';
      expect(await page.evaluate(`document.body.dispatchEvent(${drop})`)).toBe(false);
    });
  });

  test("a page whose Worker does not start says so", async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.route("**/worker-*.js", (route) => route.abort());
      await page.goto(`${addresses[0]}#${small}`);
      await page.locator(".notice", { hasText: "The part of the page that trains has stopped" }).waitFor();
    } finally {
      await context.close();
    }
  });

  test("a run's folder shows its curves, and its network is opened with the weights that it has", async () => {
    const folder = mkdtempSync(join(tmpdir(), "playground-run-"));
    try {
      await open(small, async (page) => {
        await ready(page);
        await page.click("#step");
        await untilStep(page, 1);
        await ready(page);
        const bytes = await weights(page);
        const { networks } = readAddress(small, "en", fashionMnistInfo).state;
        const config = { ...settingsOf(networks[0], fashionMnistInfo), data: { name: "synthetic" } };
        writeFileSync(join(folder, "config.json"), JSON.stringify(config));
        writeFileSync(
          join(folder, "events.jsonl"),
          sampleEvents(2)
            .map((event) => `${JSON.stringify(event)}\n`)
            .join(""),
        );
        writeFileSync(join(folder, "last.safetensors"), bytes);
        await page.getByLabel("Choose a run's folder").last().setInputFiles(folder);
        await page.getByText("ninMnist, synthetic, 20 steps").waitFor();
        expect(await page.locator("#run .curve").first().getAttribute("d")).toMatch(/^M.*L/);
        // Another network is open meanwhile.
        await page.click("#step");
        await untilStep(page, 2);
        await ready(page);
        expect(Buffer.compare(await weights(page), bytes)).not.toBe(0);
        await page.getByRole("button", { name: "Take its network" }).click();
        await page.getByText("The run's network is open.").waitFor();
        expect(parametersOf(await weights(page))).toEqual(parametersOf(bytes));
        expect(await page.locator(".notice").allTextContents()).toEqual([]);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("own pictures in named classes are trained on", async () => {
    await open(small.replace("epochs=50", "epochs=2"), async (page) => {
      await ready(page);
      await page.getByLabel("Images", { exact: true }).selectOption("pictures");
      await page.getByLabel("Name of class 1").fill("red");
      await page.getByLabel("Name of class 2").fill("blue");
      for (const name of ["red", "blue"]) {
        const drawn = (await page.evaluate((colour) => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 20, height: 12 });
          const context = canvas.getContext("2d")!;
          context.fillStyle = colour;
          context.fillRect(0, 0, 20, 12);
          return canvas.toDataURL().split(",")[1]!;
        }, name)) as string;
        const buffer = Buffer.from(drawn, "base64");
        const files = Array.from({ length: 6 }, (_, i) => ({
          name: `${i}.png`,
          mimeType: "image/png",
          buffer,
        }));
        await page.getByLabel(`Choose pictures for ${name}`).last().setInputFiles(files);
        await page.getByRole("button", { name: `Remove picture 6 of ${name}` }).waitFor();
      }
      await page.getByLabel("Size in pixels").fill("16");
      await page.getByRole("button", { name: "Use these pictures" }).click();
      await page.getByText(/^pictures: \d+ training and \d+ test images in 2 classes/).waitFor();
      await ready(page);
      await page.click("#start");
      await page.locator("#phase.ended").waitFor({ timeout: 30_000 });
      expect(await page.locator("#classes th").allTextContents()).toEqual(["red", "blue"]);
      expect(new URL(page.url()).hash).toContain("data=pictures");
    });
  });

  test("the page is Chinese and dark when asked", async () => {
    await open(
      small.replace("lang=en", "lang=zh&colours=dark"),
      async (page) => {
        await ready(page);
        expect(await page.locator("h1").textContent()).toBe("mlpconv 练习场");
        expect(await page.getAttribute("html", "lang")).toBe("zh-CN");
        expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
          "rgb(13, 17, 23)",
        );
      },
      { colorScheme: "light" },
    );
  });
});
