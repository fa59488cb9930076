import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { type PictureLimits, pictureLimits } from "@mlpconv/datasets/folder";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPictures } from "./read-image.js";

const open = (changes: Partial<PictureLimits> = {}) => openPictures({ ...pictureLimits, ...changes });
const reader = open();
const readPicture = reader.read;
const grey = { behind: "white", channels: 1 } as const;
const colours = { behind: "white", channels: 3 } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictures-"));
});
afterAll(() => {
  reader.close();
  return rm(folder, { recursive: true });
});

const write = async (name: string, bytes: Uint8Array | string) => {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
};
const raw = (data: Uint8Array | Uint16Array, width: number, channels: 1 | 2 | 3 | 4) =>
  sharp(data, { raw: { width, height: data.length / width / channels, channels } });

const noise = Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * 7919) % 251);

describe("readPicture", () => {
  it("gives grey levels as they are", async () => {
    const levels = Uint8Array.from({ length: 6 }, (_, i) => i * 51);
    const path = await write("grey.png", await raw(levels, 3, 1).toColourspace("b-w").png().toBuffer());
    expect(await readPicture(path, grey)).toMatchObject({ levels, width: 3, height: 2, channels: 1 });
  });

  it("keeps colours for a data set of colour images, and gives grey levels three channels", async () => {
    const levels = Uint8Array.from([255, 0, 0, 10, 20, 30]);
    const path = await write("colours.png", await raw(levels, 2, 3).png().toBuffer());
    expect(await readPicture(path, colours)).toMatchObject({ levels, width: 2, height: 1, channels: 3 });
    const shades = raw(Uint8Array.from([7, 200]), 2, 1).toColourspace("b-w");
    const plain = await write("shades.png", await shades.png().toBuffer());
    expect((await readPicture(plain, colours)).levels).toEqual(Uint8Array.from([7, 7, 7, 200, 200, 200]));
    const clear = await write(
      "half.png",
      await raw(Uint8Array.from([9, 8, 7, 0, 6, 5, 4, 255]), 2, 4)
        .png()
        .toBuffer(),
    );
    expect((await readPicture(clear, colours)).levels).toEqual(Uint8Array.from([255, 255, 255, 6, 5, 4]));
  });

  // The expected levels are those of PIL's Image.convert("L").
  it.each([
    [[255, 0, 0], 76],
    [[0, 255, 0], 150],
    [[0, 0, 255], 29],
    [[128, 64, 32], 79],
    [[250, 251, 249], 250],
  ])("turns colour %j to grey level %d as PIL does", async (colour, level) => {
    const path = await write("colour.png", await raw(Uint8Array.from(colour), 1, 3).png().toBuffer());
    expect([...(await readPicture(path, grey)).levels]).toEqual([level]);
  });

  it("reads 16-bit channels, palettes and CMYK", async () => {
    const deep = raw(new Uint16Array(4).fill(0x8000), 2, 1).toColourspace("grey16");
    const path = await write("deep.png", await deep.png().toBuffer());
    expect([...(await readPicture(path, grey)).levels]).toEqual([128, 128, 128, 128]);
    const brown = sharp({ create: { width: 20, height: 10, channels: 3, background: "#804020" } });
    const palette = await write("palette.png", await brown.clone().png({ palette: true }).toBuffer());
    expect((await readPicture(palette, grey)).levels).toEqual(new Uint8Array(200).fill(79));
    const cmyk = await write("cmyk.jpg", await brown.clone().toColourspace("cmyk").jpeg().toBuffer());
    const [level] = (await readPicture(cmyk, grey)).levels;
    expect(Math.abs(level! - 79)).toBeLessThan(15);
  });

  it.each(["white", "black"] as const)("shows %s through what is transparent", async (behind) => {
    const rgba = Uint8Array.from([9, 9, 9, 0, 80, 80, 80, 255, 100, 100, 100, 128]);
    const path = await write("clear.png", await raw(rgba, 3, 4).png().toBuffer());
    const { levels } = await readPicture(path, { behind, channels: 1 });
    expect(levels[0]).toBe(behind === "white" ? 255 : 0);
    expect(levels[1]).toBe(80);
    const half = behind === "white" ? 177 : 50;
    expect(Math.abs(levels[2]! - half)).toBeLessThanOrEqual(1);
  });

  it("turns a photograph as its camera was held", async () => {
    const photo = sharp({ create: { width: 40, height: 20, channels: 3, background: "#fff" } });
    const path = await write("held.jpg", await photo.withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect(await readPicture(path, grey)).toMatchObject({ width: 20, height: 40 });
  });

  it("names a file that is no picture", async () => {
    const png = await raw(noise, 200, 3).png().toBuffer();
    const jpeg = await raw(noise, 200, 3).jpeg().toBuffer();
    const claim = Buffer.from(png);
    claim.writeUInt32BE(100_000, 16);
    claim.writeUInt32BE(100_000, 20);
    const flipped = Buffer.from(png);
    flipped[flipped.length >> 1]! ^= 0x55;
    const broken = {
      "half.png": png.subarray(0, png.length >> 1),
      "half.jpg": jpeg.subarray(0, jpeg.length >> 1),
      "flipped.png": flipped,
      "claim.png": claim,
      "empty.png": "",
      "text.png": "not a picture",
    };
    for (const [name, bytes] of Object.entries(broken)) {
      const path = await write(name, bytes);
      await expect(readPicture(path, grey), name).rejects.toThrow(
        `${path}: expected a PNG, JPEG, WebP, GIF, AVIF or TIFF picture of up to 100 megapixels, got: `,
      );
    }
    await expect(readPicture(join(folder, "none.png"), grey)).rejects.toThrow(
      /none\.png: .*got: no such file$/,
    );
    await expect(readPicture(folder, grey)).rejects.toThrow(/got: a folder$/);
    await symlink("loop.png", join(folder, "loop.png"));
    await expect(readPicture(join(folder, "loop.png"), grey)).rejects.toThrow(
      /got: links that lead to each other/,
    );
  });

  it("decodes six formats and no other, independent of the file's name", async () => {
    const picture = () => raw(noise, 200, 3).resize(32);
    for (const format of ["png", "jpeg", "gif", "webp", "tiff", "avif"] as const) {
      const path = await write(`${format}.txt`, await picture().toFormat(format).toBuffer());
      expect(await readPicture(path, grey), format).toMatchObject({ width: 32, height: 32 });
    }
    const others = {
      svg: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
      ppm: "P5 1 1 255 x",
      xml: '<?xml version="1.0"?>',
    };
    for (const [format, bytes] of Object.entries(others)) {
      const path = await write(`${format}.png`, bytes);
      await expect(readPicture(path, grey), format).rejects.toThrow(
        /megapixels, got: bytes that do not begin as PNG, JPEG, WebP, GIF, AVIF or TIFF do$/,
      );
    }
  });

  const limited = async (changes: Partial<PictureLimits>, path: string) => {
    const strict = open(changes);
    try {
      return await strict.read(path, grey);
    } finally {
      strict.close();
    }
  };

  it("refuses more pixels and more bytes than its limits", async () => {
    const path = await write("large.png", await raw(noise, 200, 3).png().toBuffer());
    await expect(limited({ mostPixels: 39_999 }, path)).rejects.toThrow(/got: .*exceeds pixel limit/);
    await expect(limited({ mostBytes: 1000 }, path)).rejects.toThrow(/got: \d+ bytes, more than 1000$/);
    await expect(limited({ mostPixels: 40_000 }, path)).resolves.toMatchObject({ width: 200 });
  });

  it("stops the process at a picture that takes too long, and reads the next one", async () => {
    const small = await write("small.png", await raw(noise, 200, 3).png().toBuffer());
    const slow = await write("slow.png", narrow(99_999_999));
    const hasty = open({ seconds: 2 });
    try {
      // The time of a picture begins with its decoding: starting the process takes seconds on a busy machine.
      await expect(hasty.read(small, grey)).resolves.toMatchObject({ width: 200 });
      const started = performance.now();
      await expect(hasty.read(slow, grey)).rejects.toThrow("got: one that takes more than 2 s to decode");
      expect(performance.now() - started).toBeLessThan(8000);
      await expect(hasty.read(small, grey)).resolves.toMatchObject({ width: 200 });
    } finally {
      hasty.close();
    }
  });

  /** A PNG of one column of `height` pixels, each a row to decode: 100 million take half a minute. */
  const narrow = (height: number): Buffer => {
    const chunk = (type: string, data: Uint8Array) => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      sum.writeUInt32BE(crc32(body));
      return Buffer.concat([length, body, sum]);
    };
    const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
    header.writeUInt32BE(height, 4);
    const rows = deflateSync(Buffer.alloc(2 * height), { level: 1 });
    const start = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
    return Buffer.concat([
      start,
      chunk("IHDR", header),
      chunk("IDAT", rows),
      chunk("IEND", new Uint8Array()),
    ]);
  };

  it("gives a picture or an error that names the file, whatever its bytes", {
    timeout: 600_000,
  }, async () => {
    const whole = [
      await raw(noise, 200, 3).resize(50).png().toBuffer(),
      await raw(noise, 200, 3).resize(50).jpeg({ progressive: true }).toBuffer(),
    ];
    // Headers are where lies are told: half of the damage is there.
    const damage = fc.record({
      of: fc.constantFrom(...whole),
      bytes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 4 }),
      header: fc.boolean(),
      kept: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ of, bytes, header, kept }) => {
        const file = Buffer.from(of);
        for (const [at, value] of bytes) file[Math.floor(at * (header ? 64 : file.length - 1))] = value;
        const path = await write("fuzz", file.subarray(0, Math.ceil(kept * file.length)));
        const outcome = await readPicture(path, grey).catch((error: Error) => error.message);
        if (typeof outcome === "string")
          expect(outcome.startsWith(`${path}: expected a PNG, JPEG`)).toBe(true);
        else expect(outcome.levels).toHaveLength(outcome.width * outcome.height);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 300) },
    );
  });
});
