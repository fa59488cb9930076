// The nets that the tests send round: every one of the zoo, small enough for seconds, with logits that differ.
import { type ModelName, models, stateArrays } from "@mlpconv/models";
import { tf } from "@mlpconv/tensor";

export interface Size {
  side: number;
  channels: number;
  classes: number;
  ratio: number;
}

/** Near each net's least size; channels, classes and the maps that are flattened differ, to tell layouts apart. */
export const sizes: Record<ModelName, Size> = {
  nin: { side: 67, channels: 1, classes: 10, ratio: 1 },
  ninMnist: { side: 28, channels: 1, classes: 10, ratio: 4 },
  ninCifar: { side: 31, channels: 3, classes: 7, ratio: 4 },
  lenet: { side: 28, channels: 1, classes: 10, ratio: 1 },
  alexnet: { side: 97, channels: 3, classes: 10, ratio: 1 },
  vgg11: { side: 64, channels: 1, classes: 10, ratio: 16 },
  vgg13: { side: 32, channels: 3, classes: 10, ratio: 16 },
  vgg16: { side: 32, channels: 1, classes: 4, ratio: 16 },
  vgg19: { side: 32, channels: 1, classes: 10, ratio: 16 },
  ninBn: { side: 67, channels: 1, classes: 10, ratio: 1 },
  googlenet: { side: 33, channels: 1, classes: 10, ratio: 1 },
  resnet18: { side: 40, channels: 3, classes: 10, ratio: 1 },
  resnet34: { side: 33, channels: 1, classes: 4, ratio: 1 },
  densenet: { side: 40, channels: 1, classes: 10, ratio: 1 },
};

export const names = Object.keys(sizes) as ModelName[];

/** @param batchNorm whether a net that has it as an option gets batch normalisation */
export const buildNet = (name: ModelName, { seed = 3, batchNorm = false } = {}): tf.LayersModel => {
  const { side, channels, classes, ratio } = sizes[name];
  const model = models[name]({
    inputShape: [side, side, channels],
    classes,
    ratio,
    batchNorm,
    seed,
    init: { weights: "xavier", biases: "pytorch" },
  });
  // Running statistics as after training: those of a new layer change nothing.
  stateArrays(model).forEach(({ buffer, key, variable }, i) => {
    if (!buffer) return;
    const mean = key.endsWith("mean") ? 0 : 0.5;
    tf.tidy(() =>
      variable.assign(tf.randomUniform(variable.shape, mean - 0.2, mean + 0.2, "float32", i + 1)),
    );
  });
  return model;
};

/** Three images of the net's size, [0, 1]. */
export const imagesFor = (name: ModelName): tf.Tensor4D => {
  const { side, channels } = sizes[name];
  return tf.randomUniform([3, side, side, channels], 0, 1, "float32", 5);
};

export const logitsOf = async (model: tf.LayersModel, images: tf.Tensor4D): Promise<Float32Array> => {
  const logits = model.predict(images) as tf.Tensor2D;
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
};

/** What the round trips promise. */
export const equal = { rtol: 1e-5, atol: 1e-5 };
