// Nets that end in global average pooling: one map for each class, whose mean is the class's logit. NiN has these maps; where a dense layer stands behind
// the pooling, they are made by its weights at each pixel (Zhou et al., 2015, arXiv:1512.04150).
import { tf } from "@mlpconv/tensor";
import type { SplitModel } from "./test-pass.js";

/**
 * The model in two parts: what gives [B, h, w, classes] maps, and their means, which are the logits.
 *
 * @returns undefined for nets that do not end in global average pooling, or in it and a dense layer without activation
 */
export const classMapModel = (model: tf.LayersModel): SplitModel | undefined => {
  const [before, last] = model.layers.slice(-2);
  if (!before || !last) return undefined;
  const isPooling = (layer: tf.layers.Layer) => layer.getClassName() === "GlobalAveragePooling2D";
  const frontOf = (pooling: tf.layers.Layer) =>
    tf.model({ inputs: model.inputs, outputs: pooling.input as tf.SymbolicTensor });
  if (isPooling(last)) {
    const front = frontOf(last);
    return {
      features: (x) => front.apply(x, { training: false }) as tf.Tensor,
      logits: (maps) => last.apply(maps) as tf.Tensor2D,
    };
  }
  const isDense = last.getClassName() === "Dense" && last.getConfig().activation === "linear";
  if (!isDense || !isPooling(before)) return undefined;
  const front = frontOf(before);
  return {
    features: (x) =>
      tf.tidy(() => {
        const maps = front.apply(x, { training: false }) as tf.Tensor4D;
        const [kernel, bias] = last.weights.map((weight) => weight.read()) as [tf.Tensor2D, tf.Tensor1D?];
        const perPixel = tf.conv2d(maps, tf.reshape(kernel, [1, 1, ...kernel.shape]), 1, "valid");
        return bias ? tf.add(perPixel, bias) : perPixel;
      }),
    logits: (maps) => tf.mean(maps, [1, 2]) as tf.Tensor2D,
  };
};
