// Checks that an image is large enough for a network, by arithmetic on shapes; no engine is needed.
import { type Layer, sizes } from "./builtin.js";
import type { Placed } from "./state-paths.js";

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

type Shape = readonly number[];

/** Called for each layer with the shape that it gets and the one that it gives; all without the batch. */
type Visit = (layer: Layer, input: Shape, output: Shape) => void;

/**
 * The output shape of placed layers; all without the batch.
 *
 * @throws RangeError when branches that are joined give shapes that do not fit each other
 */
export const shapeBehind = (placed: readonly Placed[], inputShape: Shape, visit?: Visit): Shape => {
  let shape = inputShape;
  for (const { path, layer, branches } of placed) {
    const inputs = branches?.map((branch) => shapeBehind(branch, shape, visit));
    if (inputs) checkBranches(path, layer, inputs);
    const output = sizes(
      layer.computeOutputShape(inputs ? inputs.map((input) => [null, ...input]) : [null, ...shape]),
    );
    visit?.(layer, inputs?.[0] ?? shape, output);
    shape = output;
  }
  return shape;
};

const checkBranches = (path: string, layer: Layer, [first, ...others]: readonly Shape[]): void => {
  const isSum = layer.getClassName() === "Add";
  const compared = (shape: Shape) => `${isSum ? shape : shape.slice(0, -1)}`;
  const other = others.find((shape) => compared(shape) !== compared(first!));
  if (!other) return;
  throw new RangeError(
    isSum
      ? `residual: expected body and shortcut of "${path}" to give the same shape, got [${first}] and [${other}]; give the shortcut a 1x1 convolution of the body's channels and stride`
      : `parallel: expected branches of "${path}" to give maps of the same size, got [${first}] and [${other}]; use the same stride in each, and padding`,
  );
};

/** The first layer whose window is larger than its input. */
const misfit = (placed: readonly Placed[], inputShape: Shape): [Layer, Shape] | undefined => {
  let found: [Layer, Shape] | undefined;
  try {
    shapeBehind(placed, inputShape, (layer, input, output) => {
      if (!found && output.some((size) => size < 1)) found = [layer, input];
    });
  } catch (error) {
    // Branches may differ once a window does not fit in one of them.
    if (!found) throw error;
  }
  return found;
};

const isLargeEnough = (placed: readonly Placed[], inputShape: Shape): boolean => {
  try {
    return misfit(placed, inputShape) === undefined;
  } catch {
    return false;
  }
};

// No network here needs images this large: a layer that still does not fit cannot be fixed by a larger image.
const largest = 4096;

/** @throws InputSizeError naming the layer that does not fit and the smallest size that does */
export const checkInputSize = (name: string, placed: readonly Placed[], inputShape: Shape): void => {
  const found = misfit(placed, inputShape);
  if (!found || inputShape.length !== 3) return;
  const [layer, got] = found;
  let least = 1;
  while (least < largest && !isLargeEnough(placed, [least, least, inputShape[2]!])) least++;
  const config = layer.getConfig();
  const window = (config.kernelSize ?? config.poolSize) as number[];
  throw new InputSizeError(
    `${name}: input ${inputShape[0]}x${inputShape[1]} is too small: ${layer.getClassName()} "${layer.name}" with window ` +
      `${window.join("x")} gets ${got[0]}x${got[1]}; the net needs at least ${least}x${least}`,
    least,
  );
};
