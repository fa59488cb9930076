// What the cache does when the disk refuses, and when an entry was changed.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type DecodeAll, type ImagePlan, openImageCache } from "./image-cache.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "image-cache-"));
});
afterEach(() => rm(folder, { recursive: true }));

const plan: ImagePlan = { count: 20, length: 4, inMemory: true };
/** Images of as many bytes; fewer than the plan's cannot be written. */
const decodeTo =
  (length: number): DecodeAll =>
  async (keep) => {
    await Promise.all(Array.from({ length: plan.count }, (_, i) => keep(new Uint8Array(length).fill(i), i)));
    return { decoding: { mean: [0.25], std: [0.5], bad: [] }, cacheable: true };
  };

const open = (warnings: string[] = []) =>
  openImageCache(folder, {
    mostBytes: 1e6,
    signal: new AbortController().signal,
    warn: (message) => warnings.push(message),
    onWait: () => {},
  });

const temporary = async () => (await readdir(join(folder, "key"))).filter((name) => name.endsWith(".tmp"));

it("leaves nothing half-written when the images cannot be kept", async () => {
  // A folder of the file's name cannot be replaced by a file.
  await mkdir(join(folder, "key", "images.bin", "in-the-way"), { recursive: true });
  const warnings: string[] = [];
  const { images } = await open(warnings).get("key", plan, decodeTo(4));
  expect(images).toHaveLength(80);
  expect(warnings).toEqual([expect.stringContaining("the decoded images are not kept")]);
  expect(await temporary()).toEqual([]);
});

it("says once that the disk refuses, whatever the number of images", async () => {
  const warnings: string[] = [];
  const decoded = await open(warnings).get("key", { ...plan, inMemory: false }, decodeTo(2));
  expect(decoded).toEqual({ mean: [0.25], std: [0.5], bad: [] });
  expect(warnings).toHaveLength(1);
  expect(await temporary()).toEqual([]);
});

it("decodes again when a figure of an entry was changed", async () => {
  await open().get("key", plan, decodeTo(4));
  const path = join(folder, "key", "entry.json");
  let decoded = 0;
  const counting: DecodeAll = (keep) => {
    decoded++;
    return decodeTo(4)(keep);
  };
  expect((await open().get("key", plan, counting)).mean).toEqual([0.25]);
  expect(decoded).toBe(0);
  await writeFile(path, (await readFile(path, "utf8")).replace("0.25", "0.75"));
  expect((await open().get("key", plan, counting)).mean).toEqual([0.25]);
  expect(decoded).toBe(1);
});
