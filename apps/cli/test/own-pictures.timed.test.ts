// Follows the guide "Your own pictures" with generated pictures: training within a time limit, prediction, and its page in a browser.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { testProgram } from "../../../test/test-program.js";
import { drawPictures } from "./draw-pictures.js";

const root = join(import.meta.dirname, "../../..");
const guide = readFileSync(join(root, "docs/guide/your-own-pictures.md"), "utf8");
/** The arguments of the guide's command of that name. */
const command = (name: string): string[] => {
  const line = guide.split("\n").find((each) => each.startsWith(`npx mlpconv ${name} `));
  expect(line, `a command ${name} in the guide`).toBeDefined();
  return line!.split(" ").slice(2);
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-pictures-"));
  await drawPictures(join(folder, "pictures"), 200, 1);
  await drawPictures(join(folder, "unseen"), 10, 2);
  // Kernels that this machine has compiled already: other tests compile them.
  const compiled = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mlpconv", "native");
  if (existsSync(compiled)) cpSync(compiled, join(folder, "cache/mlpconv/native"), { recursive: true });
  if (process.env.OWN_PICTURES === "all") await drawPictures(join(folder, "few", "pictures"), 50, 3);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (name: string, ...more: string[]): string => start([...command(name), ...more], folder);
// On every core: nothing else runs.
const { MLPCONV_THREADS: _, ...environment } = process.env;
const start = (args: string[], cwd: string): string =>
  execFileSync(process.execPath, [testProgram("main"), ...args], {
    cwd,
    encoding: "utf8",
    env: { ...environment, NO_COLOR: "1", XDG_CACHE_HOME: join(folder, "cache") },
  });

const lastLine = (stdout: string) => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);

/** The guide's commands for a few hundred pictures. */
const forFew = guide.split("\n").filter((line) => /^npx mlpconv train .*--run few/.test(line));

it("the guide has a first and a second command for a few hundred pictures", () =>
  expect(forFew).toEqual([
    "npx mlpconv train --data pictures --run few",
    expect.stringContaining("--run few-64"),
  ]));

it.runIf(process.env.OWN_PICTURES === "all").each(forFew)(
  "%s learns from fifty pictures of each class within three minutes",
  { timeout: 300_000 },
  (line) => {
    const few = join(folder, "few");
    rmSync(join(few, "runs"), { recursive: true, force: true });
    const from = performance.now();
    const { preset, epochs, testAccuracy } = lastLine(start([...line.split(" ").slice(2), "--json"], few));
    expect(performance.now() - from).toBeLessThan(180_000);
    expect({ preset, epochs }).toEqual({ preset: "pictures", epochs: 47 });
    expect(testAccuracy).toBeGreaterThan(0.9);
  },
);

/** Smaller images and fewer epochs than in the guide, to save a minute; OWN_PICTURES=all follows it exactly. */
const quicker = process.env.OWN_PICTURES === "all" ? [] : ["--resize", "32", "--epochs", "16"];

interface Predicted {
  accuracy: number;
  images: { file: string; top: { class: string }[] }[];
}
let predicted: Predicted;

it("the guide's commands train a net within three minutes that knows new pictures", {
  timeout: 300_000,
}, () => {
  // A second try begins anew.
  for (const made of ["sheet.png", "runs", "public"])
    rmSync(join(folder, made), { recursive: true, force: true });
  run("show-data");
  expect(existsSync(join(folder, "sheet.png"))).toBe(true);
  const from = performance.now();
  const summary = lastLine(run("train", "--json", ...quicker));
  expect(performance.now() - from).toBeLessThan(180_000);
  expect(summary.testAccuracy).toBeGreaterThan(0.9);
  predicted = lastLine(run("predict", "--json"));
  expect(predicted.images).toHaveLength(100);
  expect(predicted.accuracy).toBeGreaterThan(0.85);
  run("export");
});

/** The guide's page, as scripts that need no bundler. */
const page = (): { html: string; script: string } => {
  const block = (info: string) => new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\``, "m").exec(guide)![1]!;
  const { outputText } = ts.transpileModule(block("ts no-run").replace(/^import .*$/m, ""), {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  const html = block("html").replace("./page.ts", "/page.js");
  return { html: html.replace("<script", '<script src="/tf.min.js"></script><script'), script: outputText };
};

it.skipIf(!chromiumPath)(
  `the guide's page says of new pictures what predict says${skippedWithoutChromium}`,
  { timeout: 120_000 },
  async () => {
    const { html, script } = page();
    const server = createServer((request, response) => {
      const url = request.url!;
      if (url === "/") response.setHeader("content-type", "text/html").end(html);
      else if (url === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
      else {
        const tfjs = join(root, "packages/tensor/node_modules/@tensorflow/tfjs/dist/tf.min.js");
        const path = url === "/tf.min.js" ? tfjs : join(folder, "public", url);
        if (existsSync(path)) response.end(readFileSync(path));
        else response.writeHead(404).end();
      }
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
    try {
      const tab = await browser.newPage();
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      let same = 0;
      const asked = predicted.images.filter((_, i) => i % 2 === 0);
      for (const { file, top } of asked) {
        await tab.evaluate('document.querySelector("output").textContent = ""');
        await tab.setInputFiles("input", join(folder, file));
        await tab.waitForFunction('document.querySelector("output").textContent !== ""');
        const answer = await tab.textContent("output");
        if (answer!.startsWith(`${top[0]!.class}, `)) same++;
      }
      // A browser scales in its own way: near ties may fall to the other side.
      expect(same / asked.length).toBeGreaterThan(0.85);
    } finally {
      await browser.close();
      server.close();
    }
  },
);

it("leaves nothing but what the guide names", async () => {
  expect((await readdir(folder)).sort()).toEqual([
    "cache",
    ...(process.env.OWN_PICTURES === "all" ? ["few"] : []),
    "pictures",
    "public",
    "runs",
    "sheet.png",
    "unseen",
  ]);
});
