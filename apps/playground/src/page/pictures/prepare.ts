// A picture as the data set's images are: cropped, grey where they are grey, in their size, and inverted where their background is the other one.
// Each step is kept, to be shown.
import type { DatasetInfo } from "@mlpconv/datasets";

/** Colours 0-255, row by row: red, green, blue, and opacity, as canvases have them. */
export interface Rgba {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

const inversions = ["auto", "yes", "no"] as const;
export type Inversion = (typeof inversions)[number];

/** What a picture becomes, step by step. */
export interface Prepared {
  cropped: Rgba;
  /** Absent where images are in colour. */
  grey?: Rgba;
  resized: Rgba;
  inverted: boolean;
  /** Levels 0-255 in the data's shape. */
  pixels: Uint8Array;
}

/** A part of a picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A part of a picture, white where it reaches beyond the picture or the picture is transparent. */
export const cut = ({ width, height, data }: Rgba, box: Box): Rgba => {
  const out = new Uint8ClampedArray(4 * box.width * box.height).fill(255);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const [fromX, fromY] = [x + box.x, y + box.y];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const from = 4 * (fromY * width + fromX);
      const opacity = data[from + 3]! / 255;
      for (let c = 0; c < 3; c++) out[4 * (y * box.width + x) + c] = 255 + opacity * (data[from + c]! - 255);
    }
  }
  return { width: box.width, height: box.height, data: out };
};

/** The largest square in the middle. */
export const middleSquare = ({ width, height }: Pick<Rgba, "width" | "height">): Box => {
  const side = Math.min(width, height);
  return { x: (width - side) >> 1, y: (height - side) >> 1, width: side, height: side };
};

/** A square around the lines of a drawing on white, with a margin; the whole where nothing is drawn. */
export const aroundLines = (drawing: Rgba): Box => {
  const { width, height, data } = drawing;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (data[at + 3]! < 32 || data[at]! > 200) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) return middleSquare(drawing);
  const longer = Math.max(right - left, bottom - top) + 1;
  const side = Math.round(longer * 1.15);
  return {
    x: Math.round((left + right + 1 - side) / 2),
    y: Math.round((top + bottom + 1 - side) / 2),
    width: side,
    height: side,
  };
};

/** Grey levels by the weights of Rec. 601, as image libraries have them. */
export const toGrey = ({ width, height, data }: Rgba): Rgba => {
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const level = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
    out.fill(level, i, i + 3);
    out[i + 3] = data[i + 3]!;
  }
  return { width, height, data: out };
};

/** Another size: each pixel the mean of the area that it covers. */
export const resized = ({ width, height, data }: Rgba, toWidth: number, toHeight: number): Rgba => {
  const out = new Uint8ClampedArray(4 * toWidth * toHeight);
  const columns = shares(width, toWidth);
  const rows = shares(height, toHeight);
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const sum = [0, 0, 0, 0];
      for (const [fromY, ofRow] of rows[y]!) {
        for (const [fromX, ofColumn] of columns[x]!) {
          for (let c = 0; c < 4; c++) sum[c]! += ofRow * ofColumn * data[4 * (fromY * width + fromX) + c]!;
        }
      }
      out.set(sum, 4 * (y * toWidth + x));
    }
  }
  return { width: toWidth, height: toHeight, data: out };
};

/** The pixels of a line of `from` that each pixel of a line of `to` covers, with the share of each in its area. */
const shares = (from: number, to: number): [index: number, share: number][][] =>
  Array.from({ length: to }, (_, i) => {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const covered: [number, number][] = [];
    for (let at = Math.floor(start); at < Math.min(from, Math.ceil(end)); at++)
      covered.push([at, (Math.min(end, at + 1) - Math.max(start, at)) / (end - start)]);
    return covered;
  });

/** Median of the four corners, which are background in nearly any picture of one object; halves are rounded down. */
const cornerLevel = ({ width, height, data }: Rgba): number => {
  const levels = [0, width - 1, (height - 1) * width, height * width - 1].map((at) =>
    Math.round((data[4 * at]! + data[4 * at + 1]! + data[4 * at + 2]!) / 3),
  );
  const sorted = levels.toSorted((a, b) => a - b);
  return (sorted[1]! + sorted[2]!) >> 1;
};

/**
 * Prepares a picture by the rules of `predict`: one with the other background is inverted.
 *
 * @param box the part of the picture that counts
 */
export const prepare = (
  picture: Rgba,
  box: Box,
  { shape: [height, width, channels], background }: Pick<DatasetInfo, "shape" | "background">,
  inversion: Inversion,
): Prepared => {
  const cropped = cut(picture, box);
  const grey = channels < 3 ? toGrey(cropped) : undefined;
  const small = resized(grey ?? cropped, width, height);
  const light = cornerLevel(small) > 127;
  const inverted =
    inversion === "auto"
      ? background !== undefined && light !== (background === "light")
      : inversion === "yes";
  const pixels = new Uint8Array(width * height * channels);
  for (let i = 0; i < pixels.length; i++) {
    const level = small.data[4 * Math.floor(i / channels) + (i % channels)]!;
    pixels[i] = inverted ? 255 - level : level;
  }
  return { cropped, ...(grey && { grey }), resized: small, inverted, pixels };
};

/** Levels in a data set's shape as colours, to be drawn. */
export const rgbaOf = (pixels: Uint8Array, [height, width, channels]: DatasetInfo["shape"]): Rgba => {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = pixels[i * channels + (channels < 3 ? 0 : c)]!;
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
};
