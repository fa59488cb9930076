// The built-in tf.layers classes. Ours extend them under the same class names, so that a saved model opens in tfjs without these packages.
import { tf } from "@mlpconv/tensor";
import type { Init } from "./init.js";

/** An ordinary tfjs layer. */
export type Layer = tf.layers.Layer;

/** What a model passes to each layer that draws random numbers, before the layer is built. */
export interface Binding {
  seed: number;
  init: Init;
  /** Shape without the batch. */
  inputShape: readonly number[];
}

/** A layer that draws random numbers. Its streams are named after the layer, so it must have its name before it is bound. */
export interface Seeded {
  bind(binding: Binding): void;
}

export const isSeeded = (layer: Layer): layer is Layer & Seeded => "bind" in layer;

/**
 * The class of a built-in layer. tfjs exports only builders; a subclass inherits the static `className` under which tfjs saves layers.
 * Typed as a plain Layer, because the class's own type hides members that a subclass needs.
 */
const classOf = <Args>(layer: Layer) => layer.constructor as new (args: Args) => Layer;

export const StockConv2D = classOf<Parameters<typeof tf.layers.conv2d>[0]>(
  tf.layers.conv2d({ filters: 1, kernelSize: 1 }),
);
export const StockDense = classOf<Parameters<typeof tf.layers.dense>[0]>(tf.layers.dense({ units: 1 }));
export const StockDropout = classOf<Parameters<typeof tf.layers.dropout>[0]>(tf.layers.dropout({ rate: 0 }));
export const StockMaxPooling2D = classOf<Parameters<typeof tf.layers.maxPooling2d>[0]>(
  tf.layers.maxPooling2d({}),
);
export const StockAveragePooling2D = classOf<Parameters<typeof tf.layers.averagePooling2d>[0]>(
  tf.layers.averagePooling2d({}),
);
export const StockZeroPadding2D = classOf<Parameters<typeof tf.layers.zeroPadding2d>[0]>(
  tf.layers.zeroPadding2d({}),
);

export const StockBatchNormalization = classOf<Parameters<typeof tf.layers.batchNormalization>[0]>(
  tf.layers.batchNormalization(),
);
export const StockActivation = classOf<Parameters<typeof tf.layers.activation>[0]>(
  tf.layers.activation({ activation: "relu" }),
);
export const StockAdd = classOf<Parameters<typeof tf.layers.add>[0]>(tf.layers.add());

/** The single input of a layer: tfjs passes a tensor, or a list with one. */
export const only = <T>(inputs: T | T[]): T => {
  if (!Array.isArray(inputs)) return inputs;
  if (inputs.length !== 1) throw new Error(`layer: expected one input, got ${inputs.length}`);
  return inputs[0]!;
};

/** A shape without its batch dimension, with every size known. */
export const sizes = (shape: tf.Shape | tf.Shape[]): number[] =>
  (shape as tf.Shape).slice(1).map((size) => {
    if (size === null) throw new Error(`layer: expected a known input shape, got [${shape}]`);
    return size;
  });
