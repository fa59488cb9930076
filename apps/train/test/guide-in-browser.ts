// Runs the export guide's program for browsers, as it stands there, in a browser with stock TensorFlow.js.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import ts from "typescript";
import { chromiumPath } from "../../../test/chromium.js";

const root = join(import.meta.dirname, "../../..");
const tfjs = join(root, "packages/tensor/node_modules/@tensorflow/tfjs/dist/tf.min.js");

/** The guide's code as a script that ends before it looks for a canvas, and leaves `classify` where the page finds it. */
const guideScript = (): string => {
  const guide = readFileSync(join(root, "docs/guide/train-compare-export.md"), "utf8");
  const blocks = [...guide.matchAll(/^```ts no-run\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const code = blocks.find((block) => block.includes("loadLayersModel("))!;
  const kept = code.replace(/^import .*$/m, "").replace(/^console\.log.*$/m, "");
  const { outputText } = ts.transpileModule(kept, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  return `${outputText}\nwindow.classify = classify;`;
};

const PAGE =
  '<!doctype html><script src="/tf.min.js"></script><script type="module" src="/guide.js"></script>';

/** Draws each image on a canvas of its size. */
const ASK = `(async (base64) => {
  await tf.setBackend("cpu");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 28;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const answers = [];
  for (let start = 0; start < bytes.length; start += 784) {
    const image = context.createImageData(28, 28);
    for (let i = 0; i < 784; i++) image.data.set([bytes[start + i], bytes[start + i], bytes[start + i], 255], 4 * i);
    context.putImageData(image, 0, 0);
    answers.push(classify(canvas, false));
  }
  return answers;
})`;

/** The class that the guide's program gives each image of 28x28 bytes, by the model in `folder`. */
export const classifyInBrowser = async (folder: string, images: Uint8Array): Promise<string[]> => {
  const server = createServer((request, response) => {
    const url = request.url!;
    if (url === "/") response.setHeader("content-type", "text/html").end(PAGE);
    else if (url === "/guide.js") response.setHeader("content-type", "text/javascript").end(guideScript());
    else {
      const path = url === "/tf.min.js" ? tfjs : join(folder, url.replace("/try-1-web/", ""));
      if (existsSync(path)) response.end(readFileSync(path));
      else response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await chromium.launch({
    ...(chromiumPath ? { executablePath: chromiumPath } : {}),
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.classify");
    return await page.evaluate(`${ASK}("${Buffer.from(images).toString("base64")}")`);
  } finally {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  }
};
