import sharp from "sharp";
import { expect, it } from "vitest";
import { decodePicture } from "./decode-picture.js";

const noise = Uint8Array.from({ length: 301 * 200 * 3 }, (_, i) => (i * 7919) % 251);
const raw = () => sharp(noise, { raw: { width: 301, height: 200, channels: 3 } });

it("loads no decoder of another format even where a file begins like a PNG", async () => {
  await decodePicture(await raw().png().toBuffer(), { behind: "white", channels: 1, mostPixels: 1e6 });
  // sharp is the same for this whole process, so the block that `decodePicture` made holds here.
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  await expect(sharp(svg).raw().toBuffer()).rejects.toThrow("unsupported image format");
});

it.each(["png", "jpeg", "webp", "gif", "avif", "tiff"] as const)(
  "gives the same levels of %s each time, with any number of threads",
  async (format) => {
    const bytes = await raw().toFormat(format).toBuffer();
    const decode = (side: number, fit: "squeeze" | "crop" | "pad") =>
      decodePicture(bytes, { behind: "white", channels: 3, square: { side, fit }, mostPixels: 1e6 });
    const threads = sharp.concurrency();
    try {
      for (const [side, fit] of [
        [40, "squeeze"],
        [96, "crop"],
        [333, "pad"],
      ] as const) {
        sharp.concurrency(1);
        const first = await decode(side, fit);
        for (const n of [1, 2, 7]) {
          sharp.concurrency(n);
          expect(Buffer.compare((await decode(side, fit)).levels, first.levels)).toBe(0);
        }
      }
    } finally {
      sharp.concurrency(threads);
    }
  },
);
