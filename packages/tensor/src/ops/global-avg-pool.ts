// Global average pooling: each channel becomes the mean of its map (Network in Network, section 3.2).
import { tf } from "../tf.js";

/** [batch, height, width, channels] to [batch, channels]. With one map for each class, the means are the logits and no dense layer is needed. */
export const globalAvgPool = (x: tf.Tensor4D): tf.Tensor2D => {
  if (x.rank !== 4)
    throw new Error(`globalAvgPool: expected [batch, height, width, channels], got [${x.shape}]`);
  if (x.shape[1] === 0 || x.shape[2] === 0)
    throw new Error(`globalAvgPool: expected maps of at least one pixel, got [${x.shape}]`);
  return tf.mean(x, [1, 2]);
};
