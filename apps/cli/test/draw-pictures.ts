// Draws pictures such as people have: colours on coloured grounds, of many sizes, wide and high, in three formats.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { synthetic } from "@mlpconv/datasets";
import { stream } from "@mlpconv/tensor";
import sharp from "sharp";

const formats = ["png", "jpeg", "webp"] as const;
const SIDE = 64;

/**
 * Writes `folder/<class>/<i>.<format>`, so many of each of ten classes of garments.
 *
 * @param seed another one, other pictures
 * @returns the names of the classes
 */
export const drawPictures = async (
  folder: string,
  each: number,
  seed: number,
): Promise<readonly string[]> => {
  const { classes, train } = synthetic({ train: each * 10, test: 1, size: SIDE, seed });
  for (const name of classes) await mkdir(join(folder, name), { recursive: true });
  const draw = async (i: number): Promise<void> => {
    const numbers = stream(seed, "pictures").uniform(8, { block: i });
    const [ground, garment] = [numbers.subarray(0, 3), numbers.subarray(3, 6)];
    const colours = new Uint8Array(SIDE * SIDE * 3);
    for (let at = 0; at < SIDE * SIDE; at++) {
      const share = train.images[i * SIDE * SIDE + at]! / 255;
      for (let c = 0; c < 3; c++)
        colours[3 * at + c] = Math.round(share * (105 + 150 * garment[c]!) + (1 - share) * 100 * ground[c]!);
    }
    const side = Math.round(80 + 160 * numbers[6]!);
    const wider = Math.round(side * numbers[7]! * 0.3);
    const format = formats[i % formats.length]!;
    const image = await sharp(colours, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .resize(side, side)
      .raw()
      .toBuffer();
    await sharp(image, { raw: { width: side, height: side, channels: 3 } })
      .extend({ [i % 2 ? "left" : "top"]: wider, extendWith: "copy" })
      .toFormat(format)
      .toFile(join(folder, classes[train.labels[i]!]!, `${i}.${format}`));
  };
  for (let i = 0; i < each * 10; i += 16)
    await Promise.all(Array.from({ length: Math.min(16, each * 10 - i) }, (_, k) => draw(i + k)));
  return classes;
};
