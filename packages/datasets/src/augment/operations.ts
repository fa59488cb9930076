// The operations that training images can be augmented by: their names, their numbers and the limits of these. Free of TensorFlow.js.
import { DatasetError } from "../dataset-error.js";

/** The number of an operation, and its limits. */
interface Value {
  /** The letter that stands for it in help: the P of "shift:P". */
  letter: string;
  /** What it counts, for errors: "pixels". */
  what: string;
  from: number;
  to: number;
  /** Whether it is a whole number. */
  whole: boolean;
  /** A usual value. */
  usual: number;
}

interface Operation {
  /** The number that it takes; absent: none. */
  value?: Value;
  /** What it does, for help. */
  help: string;
}

const pixels = (letter: string, usual: number): Value => ({
  letter,
  what: "pixels",
  from: 1,
  to: 1024,
  whole: true,
  usual,
});

/**
 * Every operation, in the order in which they are done: the order of a list does not matter. `flip` to `scale` are one warp of the image, sampled
 * once.
 */
export const operations = {
  flip: { help: "mirror left to right, with probability 1/2" },
  shift: {
    value: pixels("P", 2),
    help: "move by up to P pixels each way: a random crop after padding by P",
  },
  rotate: {
    value: { letter: "D", what: "degrees", from: 0.1, to: 180, whole: false, usual: 10 },
    help: "turn about the centre by up to D degrees each way",
  },
  scale: {
    value: { letter: "S", what: "a factor", from: 1.01, to: 2, whole: false, usual: 1.25 },
    help: "enlarge or shrink about the centre, by a factor from 1/S to S",
  },
  brightness: {
    value: { letter: "B", what: "a share", from: 0.01, to: 1, whole: false, usual: 0.2 },
    help: "multiply all levels by a factor from 1-B to 1+B",
  },
  contrast: {
    value: { letter: "C", what: "a share", from: 0.01, to: 1, whole: false, usual: 0.2 },
    help: "multiply the distance from the image's mean level by a factor from 1-C to 1+C",
  },
  erase: {
    value: pixels("S", 8),
    help: "blacken a square of S pixels a side, centred anywhere (cutout)",
  },
  mixup: {
    value: { letter: "A", what: "alpha", from: 0.01, to: 10, whole: false, usual: 0.2 },
    help: "average two images and their losses, with a share from Beta(A, A)",
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** Name of an operation. */
export type AugmentationName = keyof typeof operations;

/** An operation and its number, as `shift(2)` gives them. */
export interface Augmentation {
  /** Which operation. */
  readonly name: AugmentationName;
  /** Its number, in its own unit; absent for an operation that has none. */
  readonly value?: number;
}

/** Names of all operations, in the order in which they are done. */
export const augmentationNames = Object.keys(operations) as AugmentationName[];

const factsOf = (name: AugmentationName): Operation => operations[name];

/** An operation as help shows it: "shift:P". */
export const formOf = (name: AugmentationName): string => {
  const { value } = factsOf(name);
  return value ? `${name}:${value.letter}` : name;
};

/** An operation in text: "shift:2". */
export const textOf = ({ name, value }: Augmentation): string =>
  value === undefined ? name : `${name}:${value}`;

const isName = (name: unknown): name is AugmentationName =>
  typeof name === "string" && Object.hasOwn(operations, name);

/**
 * What is wrong with an operation, or undefined.
 *
 * @param where the option that it is given by, for the error
 * @param got how the user wrote it
 */
export const operationProblem = (
  where: string,
  name: unknown,
  value: unknown,
  got: string,
): string | undefined => {
  if (!isName(name))
    return `expected each operation of ${where} to be one of ${augmentationNames.map(formOf).join(", ")}, got ${got}; write for example shift:2,erase:8`;
  const { value: limits } = factsOf(name);
  if (!limits)
    return value === undefined
      ? undefined
      : `expected ${name} of ${where} without a number, got ${got}; write ${name}`;
  const { letter, what, from, to, whole, usual } = limits;
  if (typeof value === "number" && value >= from && value <= to && (!whole || Number.isInteger(value)))
    return undefined;
  const kind = whole ? "a whole number" : "a number";
  return `expected ${name} of ${where} to be ${name}:${letter} with ${letter} ${kind} from ${from} to ${to} (${what}), got ${got}; for example ${name}:${usual}`;
};

/** What is wrong with a list whose operations are right each, or undefined. */
export const listProblem = (where: string, list: readonly Augmentation[]): string | undefined => {
  const twice = list.find(({ name }, i) => list.findIndex((other) => other.name === name) < i);
  return twice && `expected each operation of ${where} once, got ${twice.name} twice; leave one of them out`;
};

/** A list in the order in which its operations are done. */
export const inOrderOfWork = (list: readonly Augmentation[]): Augmentation[] =>
  [...list].sort((a, b) => augmentationNames.indexOf(a.name) - augmentationNames.indexOf(b.name));

const withValue = (name: AugmentationName, value: number): Augmentation => {
  const problem = operationProblem("augment", name, value, `${name}(${value})`);
  if (problem !== undefined) throw new DatasetError("option", `${name}: ${problem}`);
  return { name, value };
};

/** Mirrors each image left to right with probability 1/2. */
export const flip = (): Augmentation => ({ name: "flip" });

/**
 * Moves each image by up to `pixels` pixels in each direction, all whole offsets alike; what comes in is black. A random crop after padding.
 *
 * @throws DatasetError `option` when the number is out of its range; so do all that take one
 */
export const shift = (pixels: number): Augmentation => withValue("shift", pixels);

/** Turns each image about its centre by an angle that is uniform from -degrees to degrees; corners that come in are black. */
export const rotate = (degrees: number): Augmentation => withValue("rotate", degrees);

/** Enlarges or shrinks each image about its centre by a factor from 1 / factor to factor, whose logarithm is uniform. */
export const scale = (factor: number): Augmentation => withValue("scale", factor);

/** Multiplies all levels of an image by a factor that is uniform from 1 - share to 1 + share. */
export const brightness = (share: number): Augmentation => withValue("brightness", share);

/** Multiplies the distance of all levels from the image's mean level by a factor that is uniform from 1 - share to 1 + share. */
export const contrast = (share: number): Augmentation => withValue("contrast", share);

/**
 * Blackens a square of `side` pixels whose centre is any pixel of the image, so that a part of it may lie outside: cutout (DeVries and Taylor,
 * 2017, arXiv:1708.04552).
 */
export const erase = (side: number): Augmentation => withValue("erase", side);

/**
 * Averages each image with another one of the epoch, and their losses with the same shares, which are drawn from Beta(alpha, alpha): mixup (Zhang
 * et al., 2018, arXiv:1710.09412).
 */
export const mixup = (alpha: number): Augmentation => withValue("mixup", alpha);
