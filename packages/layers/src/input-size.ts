// Checks that an image is large enough for a network, by arithmetic on shapes; no engine is needed.
import { type Layer, sizes } from "./builtin.js";

/** The image is too small for the network. */
export class InputSizeError extends RangeError {
  override readonly name = "InputSizeError";
  constructor(
    message: string,
    /** Side of the smallest square image that fits, in pixels. */
    readonly minimum: number,
  ) {
    super(message);
  }
}

/** The input shape of each layer, followed by the output shape; all without the batch. */
export const shapesThrough = (layers: readonly Layer[], inputShape: readonly number[]): number[][] => {
  const shapes = [[...inputShape]];
  for (const layer of layers) shapes.push(sizes(layer.computeOutputShape([null, ...shapes.at(-1)!])));
  return shapes;
};

/** The first layer whose window is larger than its input. */
const misfit = (layers: readonly Layer[], inputShape: readonly number[]): [Layer, number[]] | undefined => {
  const shapes = shapesThrough(layers, inputShape);
  const at = shapes.findIndex((shape) => shape.some((size) => size < 1));
  return at < 0 ? undefined : [layers[at - 1]!, shapes[at - 1]!];
};

// No network here needs images this large: a layer that still does not fit cannot be fixed by a larger image.
const largest = 4096;

/** @throws InputSizeError naming the layer that does not fit and the smallest size that does */
export const checkInputSize = (
  name: string,
  layers: readonly Layer[],
  inputShape: readonly number[],
): void => {
  const found = misfit(layers, inputShape);
  if (!found || inputShape.length !== 3) return;
  const [layer, got] = found;
  let least = 1;
  while (least < largest && misfit(layers, [least, least, inputShape[2]!])) least++;
  const config = layer.getConfig();
  const window = (config.kernelSize ?? config.poolSize) as number[];
  throw new InputSizeError(
    `${name}: input ${inputShape[0]}x${inputShape[1]} is too small: ${layer.getClassName()} "${layer.name}" with window ` +
      `${window.join("x")} gets ${got[0]}x${got[1]}; the net needs at least ${least}x${least}`,
    least,
  );
};
