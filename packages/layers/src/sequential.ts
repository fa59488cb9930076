// Makes a model of a list of blocks: layers are named as in PyTorch, seeded, and checked for the image size before anything is built.
import { stream, tf } from "@mlpconv/tensor";
import { isSeeded, type Layer } from "./builtin.js";
import { CeilMaxPooling2D } from "./ceil-max-pooling.js";
import { positive } from "./check.js";
import type { Init } from "./init.js";
import { checkInputSize, shapesThrough } from "./input-size.js";
import { statePaths } from "./state-paths.js";

/** Options of `sequential`. */
export interface SequentialOptions {
  /** [height, width, channels], or [features] for a network of dense layers. */
  inputShape: readonly number[];
  /** Seed of weights and dropout masks. Default 0. */
  seed?: number | undefined;
  /** Default He's normal for weights, zeros for biases. */
  init?: Init | undefined;
  /** Name of the model; error messages begin with it. Default "sequential". */
  name?: string;
}

/**
 * A flat tf.Sequential of the blocks' layers. Each is named by its PyTorch `state_dict` path ("0.0", "0.2", ...); its weights are drawn from
 * `stream(seed, "0.0.weight")` and so on. Layers made with tf.layers may be mixed in; they keep their own initialisers.
 *
 * @throws InputSizeError when the image is too small for the network, with the smallest size that fits
 * @throws RangeError when `inputShape` or `seed` is not made of whole numbers in range
 */
export const sequential = (
  { inputShape, seed = 0, init = { weights: "he", biases: "zeros" }, name = "sequential" }: SequentialOptions,
  blocks: readonly (readonly Layer[])[],
): tf.LayersModel => {
  checkInputShape(name, inputShape);
  stream(seed, name); // throws for an invalid seed, even if no layer draws
  const named = statePaths(blocks);
  for (const [path, layer] of named) layer.name = path;
  const layers = named.map(([, layer]) => layer);
  checkInputSize(name, layers, inputShape);

  const shapes = shapesThrough(layers, inputShape);
  const model = tf.sequential({ name });
  layers.forEach((layer, i) => {
    for (const part of forShape(layer, shapes[i]!)) {
      if (isSeeded(part)) part.bind({ seed, init, inputShape: shapes[i]! });
      if (model.layers.length === 0) part.batchInputShape = [null, ...inputShape];
      model.add(part);
    }
  });
  return model;
};

/** Splits a ceil-mode pooling of an image with one even and one odd side into two layers, because tfjs pads both sides alike. */
const forShape = (layer: Layer, inputShape: number[]): Layer[] => {
  if (!(layer instanceof CeilMaxPooling2D) || layer.paddingFor([null, ...inputShape])) return [layer];
  return layer.perSide().map((part, i) => {
    part.name = `${layer.name}.${["across", "down"][i]}`;
    return part;
  });
};

const checkInputShape = (name: string, shape: readonly number[]): void => {
  if (!Array.isArray(shape) || (shape.length !== 3 && shape.length !== 1)) {
    throw new RangeError(`${name}: expected inputShape [height, width, channels], got [${shape}]`);
  }
  const [first, width, channels] = shape as [number, number?, number?];
  if (width === undefined || channels === undefined) positive(name, { features: first });
  else positive(name, { height: first, width, channels });
};
