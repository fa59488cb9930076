// The share of Fashion-MNIST that a static site gets, packed from drawn images of the same shape.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseIdx, synthetic } from "@mlpconv/datasets";
import { afterAll, expect, test } from "vitest";
import { balancedShare } from "../scripts/balanced-share.js";
import { packShare, shareSizes } from "../scripts/pack-share.js";

const parent = mkdtempSync(join(tmpdir(), "pack-data-"));
afterAll(() => rmSync(parent, { recursive: true }));

const whole = synthetic({ train: 400, test: 200 });
const sizes = { train: 100, test: 50 };

const hashes = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    ]),
  );

test("has as many images of each class, each once and with its label, and the same ones for the same seed", async () => {
  const folder = join(parent, "one", "data");
  const bytes = await packShare(whole, folder, sizes);
  const names = readdirSync(folder);
  expect(names).toHaveLength(5);
  const written = names.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
  expect(bytes).toBe(written);

  const { files, ...facts } = JSON.parse(readFileSync(join(folder, "data.json"), "utf8"));
  expect(facts).toMatchObject({
    ...sizes,
    shareOf: { train: 400, test: 200 },
    licence: expect.stringMatching(/^MIT/),
  });
  expect(facts.source).toMatch(/^a share of Fashion-MNIST/);
  for (const split of ["train", "test"] as const) {
    const read = (name: string) => parseIdx(gunzipSync(readFileSync(join(folder, name))), name);
    const images = read(files[`${split}Images`]);
    const labels = read(files[`${split}Labels`]);
    expect(images.shape).toEqual([sizes[split], 28, 28]);
    const counts = Array.from(
      { length: 10 },
      (_, label) => labels.values.filter((each) => each === label).length,
    );
    expect(counts).toEqual(Array(10).fill(sizes[split] / 10));
    const key = (image: Uint8Array, label: number) => `${label} ${Buffer.from(image).toString("base64")}`;
    const keysOf = (all: Uint8Array, from: ArrayLike<number>) =>
      Array.from(from, (label, i) => key(all.subarray(i * 784, (i + 1) * 784), label));
    const packed = keysOf(images.values, labels.values);
    expect(new Set(packed).size).toBe(sizes[split]);
    const original = new Set(keysOf(whole[split].images, whole[split].labels));
    expect(packed.every((each) => original.has(each))).toBe(true);
  }

  await packShare(whole, join(parent, "again"), sizes);
  expect(hashes(join(parent, "again"))).toEqual(hashes(folder));
  await packShare(whole, join(parent, "other"), sizes, 1);
  expect(hashes(join(parent, "other"))["train-images-idx3-ubyte.gz"]).not.toBe(
    hashes(folder)["train-images-idx3-ubyte.gz"],
  );
});

test("is 10,000 training and 2,000 test images by default", () =>
  expect(shareSizes).toEqual({ train: 10_000, test: 2_000 }));

test("more than there are, and what cannot be shared out, are errors", async () => {
  const share = (count: number) => balancedShare(whole.train, { classes: 10, count, seed: 0 });
  await expect(share(410)).rejects.toThrow(/expected 41 images or more of class \d, got 40/);
  await expect(share(95)).rejects.toThrow("expected a multiple of 10 images, got 95");
});
