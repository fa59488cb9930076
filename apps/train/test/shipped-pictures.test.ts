// The two pictures that ship with `predict`: a net that learned for some seconds classes both by the names of their files.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fashionMnist } from "@mlpconv/datasets";
import { afterAll, expect, it } from "vitest";
import { shippedPictures } from "../src/shipped-pictures.js";
import { run } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "mlpconv-pictures-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pictures = shippedPictures().map((path) => resolve(path));
const missing = await fashionMnist({ download: false }).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing) console.warn(`skipped: trains on Fashion-MNIST, which is not on this machine\n${missing}`);

it("the help of predict names the bundled pictures, and each is a small file", async () => {
  const { stdout } = await run(["predict", "--help"], folder);
  expect(pictures).toHaveLength(2);
  for (const path of pictures) {
    expect(statSync(path).size).toBeLessThan(5000);
    expect(stdout).toContain(path.replace(/^.*(?=apps.train.pictures)/, ""));
  }
});

it.skipIf(missing)(
  "a net that was trained for some seconds predicts both bundled pictures with confidence",
  async () => {
    const training = "train --limit 10000 --run first".split(" ");
    expect((await run(training, folder)).code).toBe(0);
    const { code, stdout } = await run(["predict", "--run", "first", "--json", ...pictures], folder);
    expect(code).toBe(0);
    const { images } = JSON.parse(stdout);
    for (const [i, name] of ["ankle boot", "trouser"].entries()) {
      const [best] = images[i].top;
      expect(best.class).toBe(name);
      expect(best.probability).toBeGreaterThan(0.8);
      expect(images[i].inverted).toBe(true);
    }
  },
  120_000,
);
