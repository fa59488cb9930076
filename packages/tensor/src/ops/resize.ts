// Bilinear resize as in PIL and torchvision, as two small matrix products: enlarges and shrinks, on every engine, with gradients.
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/**
 * Resizes images with PIL's bilinear filter: half-pixel centres; when shrinking, the filter widens so that no pixel is skipped.
 *
 * @param x [batch, height, width, channels], float32
 * @param size [height, width] of the result, in pixels
 * @returns [batch, size[0], size[1], channels], not rounded
 */
export const resize = (x: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D => {
  if (x.rank !== 4) throw new Error(`resize: expected [batch, height, width, channels], got [${x.shape}]`);
  expectFloats("resize", { x });
  if (x.shape.slice(1).includes(0))
    throw new Error(`resize: expected images of at least one pixel and channel, got [${x.shape}]`);
  for (const side of [height, width]) {
    if (!Number.isInteger(side) || side < 1) {
      throw new RangeError(`resize: expected a size of whole pixels, at least 1, got ${height}x${width}`);
    }
  }
  // An empty batch. reshape is used because it has a gradient.
  if (x.shape[0] === 0) return tf.reshape(x, [0, height, width, x.shape[3]]);
  return resampled(x, [height, width], (lines, from, to) =>
    tf.matMul(lines, tf.tensor2d(Float32Array.from(resampling(from, to)), [from, to])),
  );
};

/**
 * Resizes first the rows and then the columns.
 *
 * @param along resizes lines of pixels, [lines, from], to [lines, to]
 */
export const resampled = (
  x: tf.Tensor4D,
  [height, width]: readonly [number, number],
  along: (lines: tf.Tensor2D, from: number, to: number) => tf.Tensor2D,
): tf.Tensor4D => {
  const [batch, inHeight, inWidth, channels] = x.shape;
  if (inHeight === height && inWidth === width) return tf.clone(x);
  return tf.tidy(() => {
    // Each channel of each image is a matrix; both products contract the last axis, which engines multiply fastest.
    const rows: tf.Tensor2D = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [-1, inWidth]);
    const wide = tf.reshape(along(rows, inWidth, width), [-1, inHeight, width]);
    const columns: tf.Tensor2D = tf.reshape(tf.transpose(wide, [0, 2, 1]), [-1, inHeight]);
    const full: tf.Tensor4D = tf.reshape(along(columns, inHeight, height), [batch, channels, width, height]);
    return tf.transpose(full, [0, 3, 2, 1]);
  });
};

/** Weights [from, to]: column j holds the contribution of each old pixel to new pixel j, a triangle around its centre that sums to 1. */
export const resampling = (from: number, to: number): Float64Array => {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const weights = new Float64Array(from * to);
  for (let j = 0; j < to; j++) {
    const centre = (j + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const triangle = (i: number) => Math.max(0, 1 - Math.abs((i + 0.5 - centre) / support));
    let sum = 0;
    for (let i = first; i < end; i++) sum += triangle(i);
    for (let i = first; i < end; i++) weights[i * to + j] = triangle(i) / sum;
  }
  return weights;
};
