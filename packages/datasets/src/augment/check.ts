// What a loader's list of augmentations must be, for images of its size.
import { DatasetError } from "../dataset-error.js";
import {
  type Augmentation,
  flip,
  inOrderOfWork,
  listProblem,
  operationProblem,
  textOf,
} from "./operations.js";
import { type ImageShape, largestSide } from "./warp.js";

/**
 * The list in the order of its work, with the loader's own `flip`.
 *
 * @throws DatasetError `option` naming the operation that is unknown, out of range, repeated or does not fit the images
 */
export const checkAugment = (
  augment: readonly Augmentation[],
  alsoFlip: boolean,
  shape: ImageShape,
): Augmentation[] => {
  const refuse = (problem: string | undefined) => {
    if (problem !== undefined) throw new DatasetError("option", `loader: ${problem}`);
  };
  if (!Array.isArray(augment))
    refuse(
      `expected augment to be a list of operations, got ${JSON.stringify(augment)}; give for example [shift(2), flip()], or parseAugment(text)`,
    );
  for (const each of augment as readonly unknown[]) {
    const { name, value } = (typeof each === "object" && each !== null ? each : { name: each }) as {
      name: unknown;
      value?: unknown;
    };
    refuse(operationProblem("augment", name, value, JSON.stringify(each) ?? String(each)));
  }
  refuse(listProblem("augment", augment));
  refuse(augmentSizeProblem(augment, shape));
  if (alsoFlip && augment.some(({ name }) => name === "flip"))
    refuse("expected flip once, got flip: true and flip in augment; leave one of them out");
  return inOrderOfWork(alsoFlip ? [flip(), ...augment] : augment);
};

/**
 * What of a list does not fit images of a size: "expected ..., got ..." and a fix; undefined when all fits.
 *
 * @param shape [H, W, C]
 * @param where the option that the list was given to
 */
export const augmentSizeProblem = (
  list: readonly Augmentation[],
  shape: ImageShape,
  where = "augment",
): string | undefined => list.map((each) => sizeProblem(each, shape, where)).find(Boolean);

const sizeProblem = (
  operation: Augmentation,
  [height, width]: ImageShape,
  where: string,
): string | undefined => {
  const { name, value = 0 } = operation;
  const [least, most] = [Math.min(height, width), Math.max(height, width)];
  const size = `images of ${height}x${width} pixels`;
  if (name === "shift" && value >= least)
    return `expected shift of ${where} to move by less than the ${least} pixels of the shorter side, got ${textOf(operation)} for ${size}; ${least > 1 ? `give at most ${least - 1}` : "leave it out"}`;
  if (name === "erase" && value > most)
    return `expected erase of ${where} to blacken at most the ${most} pixels of the longer side, got ${textOf(operation)} for ${size}; give at most ${most}`;
  if ((name === "rotate" || name === "scale") && most > largestSide)
    return `expected images of at most ${largestSide} pixels a side with ${name} of ${where}, got ${size}; make the images smaller`;
  return undefined;
};
