// Makes a model of a list of blocks: layers are named as in PyTorch, seeded, and checked for the image size before anything is built.
import { stream, tf } from "@mlpconv/tensor";
import { isSeeded, type Layer } from "./builtin.js";
import { CeilMaxPooling2D } from "./ceil-max-pooling.js";
import { positive } from "./check.js";
import type { Init } from "./init.js";
import { checkInputSize, shapeBehind } from "./input-size.js";
import type { Part } from "./joined.js";
import { type Placed, statePaths } from "./state-paths.js";

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
 * A model of the blocks' layers: a flat tf.Sequential, or with branches a functional model. Each layer is named by its PyTorch `state_dict` path
 * ("0.0", "0.2", ..., or "layer1.0.conv1" where parts have names); its weights are drawn from `stream(seed, "0.0.weight")` and so on. Layers made with
 * tf.layers may be mixed in; they keep their own initialisers.
 *
 * @param blocks one behind the other, or by their names in PyTorch's module
 * @throws InputSizeError when the image is too small for the network, with the smallest size that fits
 * @throws RangeError when `inputShape` or `seed` is not made of whole numbers in range, or branches give shapes that do not fit each other
 */
export const sequential = (
  { inputShape, seed = 0, init = { weights: "he", biases: "zeros" }, name = "sequential" }: SequentialOptions,
  blocks: readonly Part[] | { readonly [name: string]: Part },
): tf.LayersModel => {
  checkInputShape(name, inputShape);
  stream(seed, name); // throws for an invalid seed, even if no layer draws
  const placed = statePaths(blocks);
  nameLayers(placed);
  checkInputSize(name, placed, inputShape);

  const shapes = new Map<Layer, readonly number[]>();
  shapeBehind(placed, inputShape, (layer, input) => shapes.set(layer, input));
  /** The layers that compute one, ready to be added to a model. */
  const bound = (layer: Layer): Layer[] => {
    const shape = shapes.get(layer)!;
    const parts = forShape(layer, shape);
    for (const part of parts) if (isSeeded(part)) part.bind({ seed, init, inputShape: shape });
    return parts;
  };
  if (placed.every(({ branches }) => branches === undefined)) {
    const model = tf.sequential({ name });
    for (const part of placed.flatMap(({ layer }) => bound(layer))) {
      if (model.layers.length === 0) part.batchInputShape = [null, ...inputShape];
      model.add(part);
    }
    return model;
  }
  const behind = (chain: readonly Placed[], input: tf.SymbolicTensor): tf.SymbolicTensor =>
    chain.reduce((before, { layer, branches }) => {
      const inputs = branches ? branches.map((branch) => behind(branch, before)) : before;
      return bound(layer).reduce<tf.SymbolicTensor | tf.SymbolicTensor[]>(
        (x, part) => part.apply(x) as tf.SymbolicTensor,
        inputs,
      ) as tf.SymbolicTensor;
    }, input);
  const input = tf.input({ shape: [...inputShape], name: "input" });
  return tf.model({ inputs: input, outputs: behind(placed, input), name });
};

const nameLayers = (placed: readonly Placed[]): void => {
  for (const { path, layer, branches = [] } of placed) {
    layer.name = path;
    branches.forEach(nameLayers);
  }
};

/** Splits a ceil-mode pooling of an image with one even and one odd side into two layers, because tfjs pads both sides alike. */
const forShape = (layer: Layer, inputShape: readonly number[]): Layer[] => {
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
