// Geometric operations of one image, composed into one map and sampled once: bilinear in whole numbers, black beyond the image.

/** Where an output pixel (x, y) comes from: (a x + b y + c, d x + e y + f), in pixels counted from 0. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The image as it is. */
export const identity: Affine = [1, 0, 0, 0, 1, 0];

/** Looks a point up in `second`, then in `first`: an image is changed by `first`, and what comes out by `second`. */
export const composed = (first: Affine, second: Affine): Affine => {
  const [a, b, c, d, e, f] = first;
  const [g, h, i, j, k, l] = second;
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f];
};

/** Mirrors left to right. */
export const mirroring = (width: number): Affine => [-1, 0, width - 1, 0, 1, 0];

/** Moves the image by `right` and `down` pixels. */
export const moving = (right: number, down: number): Affine => [1, 0, -right, 0, 1, -down];

/** Turns the image by an angle in radians, and enlarges it by a factor, both about its centre. */
export const turning = (height: number, width: number, angle: number, factor: number): Affine => {
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  const [cos, sin] = [Math.cos(angle) / factor, Math.sin(angle) / factor];
  return [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y];
};

/** Pixels a side beyond which the fixed-point numbers of `warp` would overflow. */
export const largestSide = 8192;

/** Size of the images of a warp. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Fraction bits of a coordinate, and those that weigh two pixels: products of two weights and a byte fit in 31 bits. */
const FRACTION = 16;
const WEIGHT = 11;
const ONE = 1 << FRACTION;
const HALF_OF_SUM = 1 << (2 * WEIGHT - 1);

/** Warps images of one shape in place; it keeps a copy of one image, so that nothing is allocated for each. */
export const warper = ([height, width, channels]: ImageShape) => {
  const row = width * channels;
  let unchanged: Uint8Array | undefined;
  let framed: Uint8Array | undefined;

  /** Moves by whole pixels, and mirrors where `a` is -1. */
  const copy = (image: Uint8Array, [a, , c, , , f]: Affine): void => {
    unchanged ??= new Uint8Array(image.length);
    unchanged.set(image);
    image.fill(0);
    // The columns whose source a * x + c is within the image.
    const from = Math.max(0, a === 1 ? -c : c - (width - 1));
    const to = Math.min(width, a === 1 ? width - c : c + 1);
    if (to <= from) return;
    for (let y = Math.max(0, -f); y < Math.min(height, height - f); y++) {
      const [target, source] = [y * row, (y + f) * row];
      if (a === 1) {
        image.set(
          unchanged.subarray(source + (from + c) * channels, source + (to + c) * channels),
          target + from * channels,
        );
        continue;
      }
      for (let x = from; x < to; x++) {
        const pixel = source + (c - x) * channels;
        for (let i = 0; i < channels; i++) image[target + x * channels + i] = unchanged[pixel + i]!;
      }
    }
  };

  /** Samples any map: the image gets a black frame of one pixel, so that no sample needs to know where the border is. */
  const sample = (image: Uint8Array, [a, b, c, d, e, f]: Affine): void => {
    const framedRow = row + 2 * channels;
    framed ??= new Uint8Array(framedRow * (height + 2));
    const levels = framed;
    for (let y = 0; y < height; y++)
      levels.set(image.subarray(y * row, (y + 1) * row), (y + 1) * framedRow + channels);
    image.fill(0);
    // Rounded so that the middle of the image is exact.
    const [middleX, middleY] = [width >> 1, height >> 1];
    const [stepX, stepY] = [Math.round(a * ONE), Math.round(d * ONE)];
    const [downX, downY] = [Math.round(b * ONE), Math.round(e * ONE)];
    const startX = Math.round((a * middleX + b * middleY + c) * ONE) - stepX * middleX - downX * middleY;
    const startY = Math.round((d * middleX + e * middleY + f) * ONE) - stepY * middleX - downY * middleY;
    for (let y = 0; y < height; y++) {
      const rowX = startX + downX * y;
      const rowY = startY + downY * y;
      const inX = within(rowX, stepX, width);
      const inY = within(rowY, stepY, height);
      const from = Math.max(0, inX[0], inY[0]);
      const to = Math.min(width - 1, inX[1], inY[1]);
      let target = y * row + from * channels;
      for (let x = from; x <= to; x++) {
        // From 0 on, thanks to the frame.
        const sourceX = rowX + stepX * x + ONE;
        const sourceY = rowY + stepY * x + ONE;
        const right = (sourceX & (ONE - 1)) >> (FRACTION - WEIGHT);
        const below = (sourceY & (ONE - 1)) >> (FRACTION - WEIGHT);
        const left = (1 << WEIGHT) - right;
        const above = (1 << WEIGHT) - below;
        let pixel = (sourceY >> FRACTION) * framedRow + (sourceX >> FRACTION) * channels;
        for (let i = 0; i < channels; i++, pixel++) {
          const top = levels[pixel]! * left + levels[pixel + channels]! * right;
          const bottom = levels[pixel + framedRow]! * left + levels[pixel + framedRow + channels]! * right;
          image[target++] = (top * above + bottom * below + HALF_OF_SUM) >> (2 * WEIGHT);
        }
      }
    }
  };

  return (image: Uint8Array, map: Affine): void => {
    const [a, b, c, d, e, f] = map;
    const whole =
      Math.abs(a) === 1 && b === 0 && d === 0 && e === 1 && Number.isInteger(c) && Number.isInteger(f);
    if (!whole) sample(image, map);
    else if (a === -1 || c !== 0 || f !== 0) copy(image, map);
  };
};

/** The steps n of a row for which start + n * step lies over the image or its frame: more than -1 and less than `side` pixels. */
const within = (start: number, step: number, side: number): [from: number, to: number] => {
  const [least, most] = [-ONE, side * ONE - 1];
  if (step === 0) return start >= least && start <= most ? [0, Infinity] : [0, -1];
  const [one, other] = [(least - start) / step, (most - start) / step];
  return step > 0 ? [Math.ceil(one), Math.floor(other)] : [Math.ceil(other), Math.floor(one)];
};
