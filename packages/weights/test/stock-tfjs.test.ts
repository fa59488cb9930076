// What saveModel writes is plain tfjs: programs that know @tensorflow/tfjs alone open it over HTTP, in Node and in a browser.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ModelName } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { pretrainedConfig } from "../src/index.js";
import { loadModel, saveModel } from "../src/node/index.js";
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

/** Saved to take pixels 0-255: the three channels differ in the first, in the last a graph branches at its input. */
const raw = ["ninCifar-raw", "lenet-raw", "branches-raw"];
const all = [...names, ...raw];

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
  for (const name of raw) await saveRaw(name);
  writeFileSync(join(folder, "index.html"), '<!doctype html><script src="tf.min.js"></script>');
  server = createServer((request, response) => {
    // The client computes for longer than a connection is kept open, and would send its next request on one that is being closed.
    response.setHeader("Connection", "close");
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

/** Pixels 0-255 in the file, and the logits of the same pixels normalised for the model itself. */
const saveRaw = async (name: string) => {
  const model = name === "branches-raw" ? branches() : buildNet(name === "lenet-raw" ? "lenet" : "ninCifar");
  const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
  const mean = [0.49, 0.48, 0.45].slice(0, channels);
  const std = [0.25, 0.24, 0.26].slice(0, channels);
  const described = channels === 3 ? buildNet("ninCifar") : buildNet("lenet");
  const labels = Array.from({ length: described.outputShape[1] as number }, (_, i) => `class ${i}`);
  const config = pretrainedConfig(described, { classes: labels, mean, std, background: "dark" });
  await saveModel(model, join(folder, name), { config });
  const pixels = tf.randomUniform([3, height, width, channels], 0, 256, "int32", 5) as tf.Tensor4D;
  const values = Array.from(await pixels.data());
  writeFileSync(join(folder, name, "images.json"), JSON.stringify({ shape: pixels.shape, values }));
  const normalised = tf.tidy(() => tf.div(tf.sub(tf.div(pixels, 255), mean), std) as tf.Tensor4D);
  ours.set(name, await logitsOf(model, normalised));
};

/** Both branches read the input itself. */
const branches = (): tf.LayersModel => {
  const input = tf.input({ shape: [28, 28, 1], name: "image" });
  const one = tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(input);
  const sum = tf.layers.concatenate().apply([one as tf.SymbolicTensor, input]);
  const flat = tf.layers.globalAveragePooling2d({}).apply(sum);
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 4 }).apply(flat) as tf.SymbolicTensor });
};

test("a model that takes raw pixels says what it was trained on, and the one in memory stays as it was", async () => {
  const model = buildNet("lenet");
  const layers = model.layers.length;
  const config = pretrainedConfig(model, {
    classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
    mean: [0.286],
    std: [0.353],
    background: "dark",
  });
  await saveModel(model, join(folder, "described"), { config });
  const loaded = await loadModel(join(folder, "described"));
  expect(loaded.getUserDefinedMetadata()).toMatchObject({
    pretrained_cfg: {
      input_size: [1, 28, 28],
      label_names: expect.arrayContaining(["class 9"]),
      background: "dark",
      normalized_by: "model",
    },
  });
  expect(loaded.layers.some((layer) => layer.getClassName() === "Rescaling")).toBe(true);
  expect(model.layers).toHaveLength(layers);
  expect(model.getUserDefinedMetadata()).toBeUndefined();
});

test("stock tfjs opens a saved model in Node", async () => {
  const script = `(async () => {
    const answer = ${stranger};
    const logits = {};
    for (const name of ${JSON.stringify(all)}) {
      logits[name] = await answer(process.argv[2] + "/" + name, require(process.argv[1]));
    }
    console.log(JSON.stringify(logits));
  })()`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, tfjs, origin]);
  const logits = JSON.parse(stdout.slice(stdout.indexOf("{")));
  for (const name of all) expect(logits[name]).toBeAllclose(ours.get(name)!, equal);
});

test.skipIf(!chromiumPath)(`in a browser${skippedWithoutChromium}`, async () => {
  const browser = await chromium.launch({
    ...(chromiumPath ? { executablePath: chromiumPath } : {}),
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/index.html`);
    for (const name of all) {
      const logits = await page.evaluate(`(${stranger})(${JSON.stringify(`${origin}/${name}`)}, tf)`);
      expect(logits as number[]).toBeAllclose(ours.get(name)!, equal);
    }
  } finally {
    await browser.close();
  }
});
