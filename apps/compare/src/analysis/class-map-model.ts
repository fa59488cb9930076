// Nets that end in global average pooling: one feature map a class, whose mean is the class's logit.
import { tf } from "@mlpconv/tensor";

/** What comes before global average pooling and what comes after; undefined for nets that do not end in it. */
export interface ClassMapModel {
  /** [B, H, W, C] images to [B, h, w, classes] maps. */
  maps(x: tf.Tensor4D): tf.Tensor4D;
  /** Maps to [B, classes] logits: those of the whole net, by its own last layer. */
  logits(maps: tf.Tensor4D): tf.Tensor2D;
}

export const classMapModel = (model: tf.LayersModel): ClassMapModel | undefined => {
  const [before, last] = model.layers.slice(-2);
  if (!before || last?.getClassName() !== "GlobalAveragePooling2D") return undefined;
  const front = tf.model({ inputs: model.inputs, outputs: before.output as tf.SymbolicTensor });
  return {
    maps: (x) => front.apply(x, { training: false }) as tf.Tensor4D,
    logits: (maps) => last.apply(maps) as tf.Tensor2D,
  };
};
