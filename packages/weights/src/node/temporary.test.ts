import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf, useEngine } from "@mlpconv/tensor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadModel, saveModel } from "./save-model.js";
import { removeTemporaries, restoreMovedAside } from "./temporary.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temporary-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the temporary files and folders of killed writers are removed, and nothing else", async () => {
  for (const name of [".model.00ff00ff.tmp", ".model.00ff00ff.old.tmp", "model", ".mine.tmp", ".model.tmp"])
    mkdirSync(join(folder, name, "inside"), { recursive: true });
  for (const name of [".a.json.00ff00ff.tmp", ".b.json.00ff00ff.tmp", "a.json"])
    writeFileSync(join(folder, name), "");
  await removeTemporaries(folder, "a.json");
  expect(readdirSync(folder)).not.toContain(".a.json.00ff00ff.tmp");
  expect(readdirSync(folder)).toContain(".b.json.00ff00ff.tmp");
  await removeTemporaries(folder);
  expect(readdirSync(folder).sort()).toEqual([".mine.tmp", ".model.tmp", "a.json", "model"]);
});

test("a folder that a killed writer moved aside is restored", async () => {
  mkdirSync(join(folder, ".model.00ff00ff.old.tmp"));
  writeFileSync(join(folder, ".model.00ff00ff.old.tmp", "file"), "1");
  mkdirSync(join(folder, ".model.00ff00ff.tmp"));
  await restoreMovedAside(join(folder, "model"));
  expect(readFileSync(join(folder, "model", "file"), "utf8")).toBe("1");
});

test("a saved model can be read at each moment of its replacement", async () => {
  await useEngine("cpu");
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  const path = join(folder, "model");
  await saveModel(model, path);
  // The state after a process was killed between the two renames.
  renameSync(path, join(folder, ".model.00ff00ff.old.tmp"));
  expect((await loadModel(path)).countParams()).toBe(3);
  await saveModel(model, path);
  expect(readdirSync(folder)).toEqual(["model"]);
});
