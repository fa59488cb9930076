// Pictures from files and the camera, as colours.
import type { Rgba } from "./prepare.js";

/** The largest file that is opened, in bytes. */
const mostBytes = 50e6;
/** The longest side that is kept, which is enough for every data set here. */
const mostPixels = 512;

/** A picture was not read. */
export class PictureError extends Error {
  override readonly name = "PictureError";
  /** @param reason "size" when the file is too large to be tried */
  constructor(
    readonly reason: "size" | "format",
    readonly file: File,
  ) {
    super(`picture: expected a picture that the browser can open, got ${file.name}; leave it out`);
  }
}

/** The pixels of what a canvas can draw, scaled down to at most 512 pixels. */
export const pixelsOf = (source: CanvasImageSource, width: number, height: number): Rgba => {
  const scale = Math.min(1, mostPixels / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, data };
};

/** @throws PictureError when the file is too large or no picture */
export const readPicture = async (file: File): Promise<Rgba> => {
  if (file.size > mostBytes) throw new PictureError("size", file);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new PictureError("format", file);
  }
  try {
    return pixelsOf(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
};
