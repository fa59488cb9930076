// The round trip with PyTorch itself: it takes our files, we take its, and both compute the same logits. And its safetensors judges our reader.
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../src/index.js";
import { loadWeights, readSafetensorsFile, saveWeights, writeSafetensorsFile } from "../src/node/index.js";
import { mutate, mutation, tensors } from "./mutations.js";
import { buildNet, equal, imagesFor, logitsOf, names, sizes } from "./nets.js";

const python = process.platform === "win32" ? "python" : "python3";
const imports = "import torch, safetensors.torch";
const absent = spawnSync(python, ["-c", imports], { encoding: "utf8" }).status !== 0;
const skipped = absent ? ` (skipped: ${python} cannot "${imports}"; pip install torch safetensors)` : "";

const folder = mkdtempSync(join(tmpdir(), "torch-"));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (script: string, argument: string) =>
  promisify(execFile)(python, [join(import.meta.dirname, "torch", script), argument]);

/** Rounding errors grow with the summed values, not with the sum. */
const ofLargest = (logits: Float32Array) => ({
  ...equal,
  atol: equal.atol * Math.max(1, ...logits.map(Math.abs)),
});

describe.skipIf(absent)(`PyTorch${skipped}`, () => {
  const ours = new Map<string, Float32Array>();

  beforeAll(async () => {
    await useEngine("wasm");
    writeFileSync(join(folder, "cases.json"), JSON.stringify(sizes));
    for (const name of names) {
      const [model, images] = [buildNet(name), imagesFor(name)];
      ours.set(name, await logitsOf(model, images));
      await saveWeights(model, join(folder, `${name}.safetensors`));
      const data = (await images.data()) as Float32Array;
      const path = join(folder, `${name}-images.safetensors`);
      await writeSafetensorsFile(path, [["images", { dtype: "F32", shape: images.shape, data }]]);
      model.dispose();
      images.dispose();
    }
    await run("round_trip.py", folder);
  }, 180_000);

  test.each(names)(
    "computes the logits of %s from our file, and we compute them from PyTorch's file",
    async (name) => {
      const { tensors } = await readSafetensorsFile(join(folder, `${name}-logits.safetensors`));
      const [theirs, mine] = ["theirs", "mine"].map((key) => tensors.get(key)!.data as Float32Array) as [
        Float32Array,
        Float32Array,
      ];
      // Logits that are all alike would agree whatever the weights.
      for (const logits of [theirs, mine])
        expect(Math.max(...logits) - Math.min(...logits)).toBeGreaterThan(1e-3);
      expect(theirs).toBeAllclose(ours.get(name)!, ofLargest(theirs));

      const [model, images] = [buildNet(name, { seed: 4 }), imagesFor(name)];
      await loadWeights(model, join(folder, `${name}-torch.safetensors`));
      expect(await logitsOf(model, images)).toBeAllclose(mine, ofLargest(mine));
      model.dispose();
      images.dispose();
    },
  );
});

test.skipIf(absent)(`the reference implementation opens every file that we accept${skipped}`, async () => {
  const files = join(folder, "files");
  mkdirSync(files);
  const samples = fc.sample(fc.tuple(tensors, fc.array(mutation, { minLength: 1, maxLength: 2 })), {
    numRuns: 2_000,
    seed: 1,
  });
  const verdicts = samples.map(([entries, changes], i) => {
    const bytes = changes.reduce(mutate, writeSafetensors(Object.entries(entries)));
    writeFileSync(join(files, String(i).padStart(5, "0")), bytes);
    try {
      readSafetensors(bytes);
      return "1";
    } catch {
      return "0";
    }
  });
  const { stdout } = await run("verdicts.py", files);
  const laxer = verdicts.flatMap((verdict, i) => (verdict === "1" && stdout[i] === "0" ? [i] : []));
  const stricter = verdicts.flatMap((verdict, i) => (verdict === "0" && stdout[i] === "1" ? [i] : []));
  expect({ laxer, stricter }).toEqual({ laxer: [], stricter: [] });
  expect(stdout).toContain("1");
  expect(stdout).toContain("0");
});
