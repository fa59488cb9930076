// tfjs's own files: written whole, replaced whole, and errors that name the folder. In stock tfjs: test/stock-tfjs.test.ts.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lenet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadModel, saveModel } from "./index.js";

let parent: string;
beforeEach(async () => {
  await useEngine("cpu");
  parent = mkdtempSync(join(tmpdir(), "model-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

test("a saved model is read back with its weights, and replaces the one before", async () => {
  const folder = join(parent, "new", "model");
  await saveModel(lenet({ seed: 1 }), folder);
  const model = lenet({ seed: 2 });
  await saveModel(model, folder);
  const x = tf.randomUniform([1, 28, 28, 1], 0, 1, "float32", 1);
  const logits = (model.predict(x) as tf.Tensor).dataSync();
  expect(((await loadModel(folder)).predict(x) as tf.Tensor).dataSync()).toEqual(logits);
  expect(readdirSync(join(parent, "new"))).toEqual(["model"]);
  expect(readdirSync(folder).sort()).toEqual(["model.json", "weights.bin"]);
  // The folder has the mode of one made by mkdir.
  expect(statSync(folder).mode).toBe(statSync(join(parent, "new")).mode);
});

test("the error for a missing or broken model names it", async () => {
  await expect(loadModel(join(parent, "nothing"))).rejects.toThrow(
    /loadModel: expected a saved model in .*nothing/,
  );
  mkdirSync(join(parent, "broken"));
  writeFileSync(join(parent, "broken", "model.json"), "{");
  await expect(loadModel(join(parent, "broken"))).rejects.toThrow(
    /loadModel: expected a saved model in .*broken/,
  );
});
