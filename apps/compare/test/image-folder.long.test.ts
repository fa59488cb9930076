// A comparison of nets on a folder of pictures, which they see in different sizes.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
let cacheBefore: string | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-compare-"));
  cacheBefore = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  for (const [name, background] of [
    ["night", "#113"],
    ["noon", "#ffe"],
  ] as const) {
    await mkdir(join(folder, "photos", name), { recursive: true });
    for (let n = 0; n < 12; n++)
      await sharp({ create: { width: 40 + n, height: 30, channels: 3, background } })
        .jpeg()
        .toFile(join(folder, "photos", name, `${n}.jpg`));
  }
});
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheBefore;
  await rm(folder, { recursive: true });
});

it("compares nets on a folder of pictures, each at its own size, and draws the page", async () => {
  const command =
    "compare --engine wasm --models lenet,ninMnist --seeds 1 --epochs 1 --batch-size 10 --data photos --name p";
  const { code, stderr } = await run("compare", command, folder);
  expect(`${code} ${stderr}`).toMatch(/^0/);
  const read = async (...path: string[]) => JSON.parse(await readFile(join(folder, ...path), "utf8"));
  const { rows, dataset, dataSha256 } = await read("comparisons", "p", "comparison.json");
  expect(dataset).toBe("photos");
  expect(rows).toMatchObject([
    { model: "lenet", trainingImages: 20 },
    { model: "ninMnist", trainingImages: 20 },
  ]);
  const shapes = [];
  for (const name of ["p-lenet-seed0", "p-ninMnist-seed0"]) {
    const { data, preset } = await read("runs", name, "config.json");
    expect(preset).toBe("pictures");
    expect(data.sha256).toBe(dataSha256);
    shapes.push(data.shape);
    expect((await read("runs", name, "analysis.json")).imageShape).toEqual(data.shape);
  }
  expect(shapes).toEqual([
    [64, 64, 3],
    [48, 48, 3],
  ]);
});
