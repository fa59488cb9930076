// A picture's file as grey levels: any size, colours or none, transparent or not, turned as its camera held it.
import { stat } from "node:fs/promises";

export interface Picture {
  /** Grey levels 0-255, row by row. */
  levels: Uint8Array;
  /** In pixels. */
  width: number;
  height: number;
}

// Beyond what cameras make; a small file can claim far more pixels than there is memory for.
const mostPixels = 100e6;

/**
 * @param behind what shows through where the picture is transparent
 * @throws Error naming the file when it cannot be read or is no picture
 */
export const readPicture = async (path: string, behind: "black" | "white"): Promise<Picture> => {
  // Loaded where it is used: the other commands start without it.
  const { default: sharp } = await import("sharp");
  try {
    const { data, info } = await sharp(await fileAt(path), { failOn: "error", limitInputPixels: mostPixels })
      .autoOrient()
      .flatten({ background: behind })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { levels: toGrey(data, info.channels), width: info.width, height: info.height };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const got = code === "ENOENT" ? "no such file" : message.replace(/\s+/g, " ");
    throw new Error(
      `${path}: expected a PNG or JPEG picture of up to ${mostPixels / 1e6} megapixels, got: ${got}`,
      {
        cause,
      },
    );
  }
};

/** Whatever is no plain file might never end. */
const fileAt = async (path: string): Promise<string> => {
  const found = await stat(path);
  if (found.isFile()) return path;
  throw new Error(found.isDirectory() ? "a folder" : "something that is no file");
};

/** ITU-R 601 luma in PIL's own rounding, so that `Image.convert("L")` gives the same levels. */
const toGrey = (data: Uint8Array, channels: number): Uint8Array => {
  const levels = new Uint8Array(data.length / channels);
  for (let i = 0; i < levels.length; i++) {
    const at = i * channels;
    levels[i] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return levels;
};
