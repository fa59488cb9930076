// A picture's bytes as grey levels or colours, by sharp, which is allowed PNG and JPEG and nothing else: its other formats can run for minutes or
// read further files.

/** Channels of a decoded picture: 1 is grey, 3 are red, green and blue. */
type PictureChannels = 1 | 3;

export interface Picture {
  /** Levels 0-255, row by row, the channels of a pixel together. */
  levels: Uint8Array;
  /** Width in pixels. */
  width: number;
  height: number;
  channels: PictureChannels;
}

/** How a picture is decoded. */
export interface DecodeOptions {
  /** What shows through where it is transparent. */
  behind: "black" | "white";
  /** Channels that it is given, whatever it has itself. */
  channels: PictureChannels;
  mostPixels: number;
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
 * @throws Error when the bytes are no PNG or JPEG, are damaged, or claim more than `mostPixels`
 */
export const decodePicture = async (
  bytes: Buffer,
  { behind, channels, mostPixels }: DecodeOptions,
): Promise<Picture> => {
  if (!isNamedFormat(bytes)) throw new Error("bytes that begin as neither PNG nor JPEG");
  const sharp = await loadDecoder();
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: mostPixels })
    .autoOrient()
    .flatten({ background: behind })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  // sRGB without transparency: three channels, of a grey picture too.
  const levels = channels === 1 ? toGrey(data, info.channels) : Uint8Array.from(data);
  return { levels, width, height, channels };
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
