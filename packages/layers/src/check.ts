// Argument checks at the entry points, so that an error names the argument before tfjs sees it.
import type { tf } from "@mlpconv/tensor";
import type { Layer } from "./builtin.js";

/** @throws RangeError unless each value is a whole number of at least 1; `where` and the argument's name open the message. */
export const positive = (where: string, values: Record<string, number>): void => {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${where}: expected ${name} to be a whole number from 1 up, got ${value}`);
    }
  }
};

/**
 * Checks the window of a layer outside `sequential`, which itself names the least size for the whole model.
 *
 * @throws RangeError when not one window fits the image
 */
export const fits = (where: string, layer: Layer, inputShape: tf.Shape | tf.Shape[]): void => {
  const output = layer.computeOutputShape(inputShape) as tf.Shape;
  if (!output.some((size, axis) => axis > 0 && size !== null && size < 1)) return;
  const config = layer.getConfig();
  const [height, width] = (inputShape as tf.Shape).slice(1);
  const window = (config.kernelSize ?? config.poolSize) as number[];
  throw new RangeError(
    `${where}: expected images of at least ${window.join("x")}, the window, got ${height}x${width}; use a smaller window, padding or a larger image`,
  );
};
