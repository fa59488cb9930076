// What saveModel writes is plain tfjs: programs that know @tensorflow/tfjs alone open it over HTTP, in Node and in a browser.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ModelName } from "@mlpconv/models";
import { useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { saveModel } from "../src/node/index.js";
import { buildNet, equal, imagesFor, logitsOf } from "./nets.js";

/** tensor depends on tfjs; nothing here does. */
const tfjs = join(import.meta.dirname, "../../tensor/node_modules/@tensorflow/tfjs");

/** What a stranger writes, in either place; `tf` is the global of a script tag, or what `require` gives. */
const stranger = `async (base, tf) => {
  await tf.setBackend("cpu");
  const model = await tf.loadLayersModel(base + "/model.json");
  const { shape, values } = await (await fetch(base + "/images.json")).json();
  return Array.from(await model.predict(tf.tensor(values, shape)).data());
}`;

/** Every kind of layer: ceil-mode pooling of an odd side, zero padding before a convolution, sigmoid and mean pooling, a flattened map. */
const names = ["ninCifar", "lenet", "alexnet"] as const satisfies ModelName[];

const folder = mkdtempSync(join(tmpdir(), "stock-"));
const ours = new Map<string, Float32Array>();
let server: Server;
let origin: string;

beforeAll(async () => {
  await useEngine("wasm");
  for (const name of names) {
    const [model, images] = [buildNet(name), imagesFor(name)];
    await saveModel(model, join(folder, name));
    const values = Array.from(await images.data());
    writeFileSync(join(folder, name, "images.json"), JSON.stringify({ shape: images.shape, values }));
    ours.set(name, await logitsOf(model, images));
    model.dispose();
    images.dispose();
  }
  writeFileSync(join(folder, "index.html"), '<!doctype html><script src="tf.min.js"></script>');
  server = createServer((request, response) => {
    const path = request.url === "/tf.min.js" ? join(tfjs, "dist", "tf.min.js") : join(folder, request.url!);
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

test("in Node", async () => {
  const script = `(async () => {
    const answer = ${stranger};
    const logits = {};
    for (const name of ${JSON.stringify(names)}) {
      logits[name] = await answer(process.argv[2] + "/" + name, require(process.argv[1]));
    }
    console.log(JSON.stringify(logits));
  })()`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, tfjs, origin]);
  const logits = JSON.parse(stdout.slice(stdout.indexOf("{")));
  for (const name of names) expect(logits[name]).toBeAllclose(ours.get(name)!, equal);
});

test.skipIf(!chromiumPath)(`in a browser${skippedWithoutChromium}`, async () => {
  const browser = await chromium.launch({
    ...(chromiumPath ? { executablePath: chromiumPath } : {}),
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/index.html`);
    for (const name of names) {
      const logits = await page.evaluate(`(${stranger})(${JSON.stringify(`${origin}/${name}`)}, tf)`);
      expect(logits as number[]).toBeAllclose(ours.get(name)!, equal);
    }
  } finally {
    await browser.close();
  }
});
