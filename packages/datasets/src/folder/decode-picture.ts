// A picture's bytes as grey levels or colours, decoded and resized by sharp, which may load six formats and nothing else: its other formats can
// run for minutes or read further files.

import type { Fit } from "../fits.js";

/** Channels of a decoded picture: 1 is grey, 3 are red, green and blue. */
export type PictureChannels = 1 | 3;

/** A picture that was decoded. */
export interface Picture {
  /** Levels 0-255, row by row, the channels of a pixel together. */
  levels: Uint8Array;
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Numbers of a pixel. */
  channels: PictureChannels;
}

/** How a picture is decoded. */
export interface DecodeOptions {
  /** Colour where it is transparent, and beside it where it is padded. */
  behind: "black" | "white";
  /** Channels of the result; the picture itself may have others. */
  channels: PictureChannels;
  /** The square that it is resized to; absent: it keeps its own size. */
  square?: { side: number; fit: Fit };
}

const text = (characters: string) => Buffer.from(characters, "latin1");
const begins = (bytes: Buffer, beginning: Buffer, at = 0) =>
  bytes.subarray(at, at + beginning.length).equals(beginning);

/** Whether the brands in the first box of the file name AVIF. */
const isAvif = (bytes: Buffer): boolean => {
  if (!begins(bytes, text("ftyp"), 4)) return false;
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  for (let at = 8; at + 4 <= end; at += 4)
    if (at !== 12 && (begins(bytes, text("avif"), at) || begins(bytes, text("avis"), at))) return true;
  return false;
};

interface Format {
  name: string;
  /** Its files' name extensions, as a regular expression. */
  extension: string;
  /** libvips's name of its loader. */
  loader: string;
  /** Whether a file's first bytes are those of the format. */
  begun(bytes: Buffer): boolean;
}

/** The formats that are decoded. */
const formats: readonly Format[] = [
  {
    name: "PNG",
    extension: "png",
    loader: "Png",
    begun: (bytes) => begins(bytes, text("\x89PNG\r\n\x1a\n")),
  },
  { name: "JPEG", extension: "jpe?g", loader: "Jpeg", begun: (bytes) => begins(bytes, text("\xff\xd8\xff")) },
  {
    name: "WebP",
    extension: "webp",
    loader: "Webp",
    begun: (bytes) => begins(bytes, text("RIFF")) && begins(bytes, text("WEBP"), 8),
  },
  { name: "GIF", extension: "gif", loader: "Nsgif", begun: (bytes) => begins(bytes, text("GIF8")) },
  { name: "AVIF", extension: "avif", loader: "Heif", begun: isAvif },
  {
    name: "TIFF",
    extension: "tiff?",
    loader: "Tiff",
    begun: (bytes) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].some((start) => begins(bytes, text(start))),
  },
];

/** The formats in words: "PNG, JPEG, WebP, GIF, AVIF or TIFF". */
export const pictureFormats = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
  formats.map(({ name }) => name),
);

const pictureName = new RegExp(`^[^.].*\\.(?:${formats.map(({ extension }) => extension).join("|")})$`, "i");

/** Whether a file's name, hidden files aside, is that of a picture in one of these formats. */
export const hasPictureName = (name: string): boolean => pictureName.test(name);

/** sharp, with every loader blocked but those of the formats. */
export const loadDecoder = async () => {
  const { default: sharp } = await import("sharp");
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: formats.map(({ loader }) => `VipsForeignLoad${loader}`) });
  return sharp;
};

// sharp's names of the three ways.
const sharpFits = { squeeze: "fill", crop: "cover", pad: "contain" } as const;

/**
 * Decodes a picture of any size, with colours or none, transparent or not, turned as its camera held it; of several frames the first. The same
 * file gives the same levels each time, for any number of threads.
 *
 * @throws Error when the bytes are of no such format, are damaged, or claim more than `mostPixels`
 */
export const decodePicture = async (
  bytes: Buffer,
  { behind, channels, square, mostPixels }: DecodeOptions & { mostPixels: number },
): Promise<Picture> => {
  if (bytes.length === 0) throw new Error("an empty file");
  if (!formats.some(({ begun }) => begun(bytes)))
    throw new Error(`bytes that do not begin as ${pictureFormats} do`);
  const sharp = await loadDecoder();
  const picture = sharp(bytes, { failOn: "error", limitInputPixels: mostPixels })
    .autoOrient()
    .flatten({ background: behind })
    .toColourspace("srgb");
  if (square) {
    const { side, fit } = square;
    picture.resize(side, side, { fit: sharpFits[fit], background: behind });
  }
  const { data, info } = await picture.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  // sRGB without transparency: three channels, of a grey picture too.
  const levels = channels === 1 ? toGrey(data, info.channels) : toColours(data, info.channels);
  return { levels, width, height, channels };
};

/** Red, green and blue, without the opaque channel that padding may add. */
const toColours = (data: Uint8Array, channels: number): Uint8Array => {
  if (channels === 3) return Uint8Array.from(data);
  const levels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3)
    for (let c = 0; c < 3; c++) levels[to + c] = data[from + c]!;
  return levels;
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
