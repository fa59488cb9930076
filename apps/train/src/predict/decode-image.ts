// A picture's bytes as grey levels, by sharp, which is allowed PNG and JPEG and nothing else: its other formats can run for minutes or
// read further files.

export interface Picture {
  /** Grey levels 0-255, row by row. */
  levels: Uint8Array;
  /** Width in pixels. */
  width: number;
  height: number;
}

// What sharp calls the loaders of the two formats.
const LOADERS = ["VipsForeignLoadPng", "VipsForeignLoadJpeg"];

const beginnings = [Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from("\xff\xd8\xff", "latin1")];

/** Whether a file begins as PNG or JPEG does. */
const isNamedFormat = (bytes: Buffer): boolean =>
  beginnings.some((beginning) => bytes.subarray(0, beginning.length).equals(beginning));

/** sharp, with every loader blocked but the two. */
export const loadDecoder = async () => {
  const { default: sharp } = await import("sharp");
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS });
  return sharp;
};

/**
 * Decodes a picture of any size, with colours or none, transparent or not, turned as its camera held it.
 *
 * @param behind what shows through where the picture is transparent
 * @throws Error when the bytes are no PNG or JPEG, are damaged, or claim more than `mostPixels`
 */
export const decodePicture = async (
  bytes: Buffer,
  behind: "black" | "white",
  mostPixels: number,
): Promise<Picture> => {
  if (!isNamedFormat(bytes)) throw new Error("bytes that begin as neither PNG nor JPEG");
  const sharp = await loadDecoder();
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: mostPixels })
    .autoOrient()
    .flatten({ background: behind })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { levels: toGrey(data, info.channels), width: info.width, height: info.height };
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
