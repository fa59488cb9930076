// Nets that end in global average pooling: one feature map for each class, whose mean is the class's logit.
import { tf } from "@mlpconv/tensor";
import type { SplitModel } from "./test-pass.js";

/**
 * The model in two parts: what comes before global average pooling gives [B, h, w, classes] maps, its own last layer makes logits of them.
 *
 * @returns undefined for nets that do not end in global average pooling
 */
export const classMapModel = (model: tf.LayersModel): SplitModel | undefined => {
  const [before, last] = model.layers.slice(-2);
  if (!before || last?.getClassName() !== "GlobalAveragePooling2D") return undefined;
  const front = tf.model({ inputs: model.inputs, outputs: before.output as tf.SymbolicTensor });
  return {
    features: (x) => front.apply(x, { training: false }) as tf.Tensor,
    logits: (maps) => last.apply(maps) as tf.Tensor2D,
  };
};
