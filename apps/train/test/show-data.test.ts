// `show-data`: a PNG sheet of the images that training has, in grey and in colours, of many classes, from memory and from a stream.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import {
  type AnySplit,
  augmentedImages,
  type DatasetDescriptor,
  imagesAt,
  parseAugment,
  synthetic,
  syntheticInfo,
} from "@mlpconv/datasets";
import { openImageFolder } from "@mlpconv/datasets/folder";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readShowDataOptions } from "../src/show-data/options.js";
import { sheetRows, showData } from "../src/show-data/show-data.js";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "show-data-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Colours of many classes, 6x4 pixels: pixel (0, 0) of image i is i in red. */
const count = 400;
const colours: AnySplit = {
  labels: Uint16Array.from({ length: count }, (_, i) => i % 300),
  shape: [count, 6, 4, 3],
  read: async (indices) => {
    const images = new Uint8Array(indices.length * 72).fill(100);
    for (const [i, index] of indices.entries()) images[72 * i] = index % 256;
    return images;
  },
};
const facts = { name: "colours", shape: [6, 4, 3], mean: [0, 0, 0], std: [1, 1, 1] } as const;
const classes = Array.from({ length: 300 }, (_, i) => `class ${i}`);
const descriptorOf = (train: AnySplit): DatasetDescriptor => ({
  ...{ ...facts, classes },
  load: async () => ({ ...facts, classes, source: "code", train, test: train }),
});
const drawn: DatasetDescriptor = { ...syntheticInfo, load: async () => synthetic({ train: 60 }) };
const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };
const show = (known: DatasetDescriptor, flags: Record<string, string>) =>
  showData(readShowDataOptions({ ...flags, out: join(folder, flags.out!) }), { terminal, known: [known] });
const sizeOf = async (file: string) => {
  const { width, height, format } = await sharp(join(folder, file)).metadata();
  return { width, height, format };
};

describe("show-data", () => {
  it("shows the first images of each class, as they are and as training has them", async () => {
    const data = synthetic({ train: 60 });
    const request = readShowDataOptions({
      augment: "erase:8,mixup:0.4",
      seed: "2",
      epoch: "3",
      perClass: "2",
    });
    const rows = await sheetRows(data, request);
    expect(rows.map(({ name }) => name)).toEqual(data.classes);
    const indices = [...Array(10).keys()].flatMap((label) => [label, label + 10]);
    const flat = (group: number) => Buffer.concat(rows.flatMap(({ groups }) => groups[group]!));
    expect(flat(0)).toEqual(Buffer.from(await imagesAt(data.train, indices)));
    const augment = parseAugment("erase:8,mixup:0.4");
    const options = { augment, seed: 2, epoch: 2 };
    expect(flat(1)).toEqual(Buffer.from(await augmentedImages(data.train, indices, options)));
    expect(flat(1)).not.toEqual(flat(0));
  });

  it("writes grey images and colours as PNG, with and without augmentation", async () => {
    await show(drawn, { out: "grey.png", augment: "flip,shift:2" });
    expect(await sizeOf("grey.png")).toEqual({ format: "png", width: 732, height: 638 });
    await show(drawn, { out: "plain.png", perClass: "3" });
    expect((await sizeOf("plain.png")).width).toBeLessThan(400);
    await show(descriptorOf(colours), { out: "colours.png", classes: "40", perClass: "2" });
    expect(await sizeOf("colours.png")).toMatchObject({ format: "png", height: 46 + 40 * 70 + 8 });
    // The first pixel of the image of class 39, eleven times as large.
    const { data, info } = await sharp(join(folder, "colours.png"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = ((46 + 39 * 70 + 3) * info.width + 112 + 11 + 3) * info.channels;
    expect([...data.subarray(at, at + 3)]).toEqual([39, 100, 100]);
  });

  it("reads some images at a time, draws many of them smaller, and refuses more than a sheet can have", async () => {
    const side = 224;
    const length = side * side * 3;
    const asked: number[] = [];
    const photos: AnySplit = {
      labels: Uint8Array.from({ length: 900 }, (_, i) => i % 9),
      shape: [900, side, side, 3],
      read: async (indices) => {
        asked.push(indices.length);
        return new Uint8Array(indices.length * length).fill(7);
      },
    };
    const shape = [side, side, 3] as const;
    const request = readShowDataOptions({ perClass: "50" });
    const rows = await sheetRows(
      { train: photos, classes: classes.slice(0, 9), shape },
      request,
      [32, 32, 3],
    );
    // 64 MB of images.
    expect(asked).toEqual([425, 25]);
    expect(rows.map(({ groups }) => groups[0]!.length)).toEqual(Array(9).fill(50));
    expect(rows[8]!.groups[0]![49]).toEqual(new Uint8Array(32 * 32 * 3).fill(7));
    const many: AnySplit = {
      ...photos,
      labels: Uint16Array.from({ length: 6000 }, (_, i) => i % 300),
      shape: [6000, ...shape],
    };
    const known = { ...descriptorOf(many), shape };
    const found = { ...known, load: async () => ({ ...(await known.load()), shape }) };
    await expect(show(found, { out: "none.png", classes: "300", perClass: "20" })).rejects.toThrow(
      "show-data: expected a sheet of at most 5,859 images of 224x224x3, got 6,000; ask for fewer: --classes, --per-class",
    );
  });

  it("reads of a folder of pictures only those that it shows", async () => {
    for (const name of ["cat", "dog"]) {
      await mkdir(join(folder, "photos", name), { recursive: true });
      for (let i = 0; i < 12; i++)
        await sharp({ create: { width: 20, height: 20, channels: 3, background: { r: 9, g: i, b: 0 } } })
          .png()
          .toFile(join(folder, "photos", name, `${i}.png`));
    }
    const sheet = { data: join(folder, "photos"), perClass: "2", augment: "flip" };
    // The others are no pictures, which the sheet does not show.
    const data = await openImageFolder(join(folder, "photos"), {}).then((found) => found.trainingImages());
    expect([data.labels.length, data.shape]).toEqual([20, [20, 64, 64, 3]]);
    const shown = new Set(
      [await imagesAt(data, [0, 1, 2, 3])].flatMap((levels) =>
        [0, 1, 2, 3].map((i) => levels[i * 12_288 + 1]),
      ),
    );
    for (const name of ["cat", "dog"])
      for (let i = 0; i < 12; i++)
        if (!shown.has(i)) await writeFile(join(folder, "photos", name, `${i}.png`), "text");
    await show(drawn, { ...sheet, out: "some.png" });
    expect((await sizeOf("some.png")).format).toBe("png");
    for (let i = 0; i < 12; i++) await writeFile(join(folder, "photos", "dog", `${i}.png`), "text");
    await expect(show(drawn, { ...sheet, out: "bad.png" })).rejects.toThrow(
      /dog\/\d+\.png: expected a picture, got bytes that do not begin as .* do; remove or replace it$/,
    );
  });

  it("refuses a file that is there, and leaves it", async () => {
    await writeFile(join(folder, "old.png"), "precious");
    await expect(show(drawn, { out: "old.png" })).rejects.toThrow(
      /^show-data: expected .*old\.png to be a new file, got a file that is there already; choose another name or remove it$/,
    );
    expect(await readFile(join(folder, "old.png"), "utf8")).toBe("precious");
  });

  it("refuses augmentations that do not fit the images, and writes nothing", async () => {
    const before = await readdir(folder);
    await expect(show(descriptorOf(colours), { out: "none.png", augment: "shift:4" })).rejects.toThrow(
      "show-data: expected shift of --augment to move by less than the 4 pixels of the shorter side, got shift:4 for images of 6x4 pixels; give at most 3",
    );
    expect(await readdir(folder)).toEqual(before);
  });

  it("is a program: exit code 2 for wrong usage, with every problem", async () => {
    const { code, stdout, stderr } = await run(
      ["show-data", "--out", "sheet.jpg", "--augment", "crop:2", "--epoch", "0"],
      folder,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(
      'show-data: expected --out to be a file whose name ends in .png, got "sheet.jpg"',
    );
    expect(stderr).toContain("show-data: expected each operation of --augment to be one of flip, shift:P");
    expect(stderr).toContain('show-data: expected --epoch to be a whole number from 1 to 10000, got "0"');
    const help = await run(["show-data", "--help"], folder);
    expect(help.stdout).toMatch(/mixup:A +average two images/);
  });
});
