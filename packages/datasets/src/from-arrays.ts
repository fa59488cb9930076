// Images and labels that are in memory already, as a split.
import type { Labels, Split } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";

/** Levels 0-255 of one image or of several. */
export type Levels = Uint8Array | Uint8ClampedArray | readonly number[];

/** What labels mean. */
export interface FromArraysOptions {
  /** Names of the classes. With them, labels may be names, and numbers are checked against them. */
  classes?: readonly string[];
}

const mostClasses = 65_536;

/**
 * A split of images in memory.
 *
 * @param images levels 0-255 of all images, one after another, or an array for each image. One `Uint8Array` of all of them is used as it is,
 * not copied
 * @param labels a class for each image, as its number or, with `classes`, its name
 * @param shape of one image, [height, width, channels]; the channels of a pixel stand together
 * @throws DatasetError `option` when they are not bytes, or do not fit each other
 */
export const fromArrays = (
  images: Levels | readonly Levels[],
  labels: ArrayLike<number> | readonly string[],
  shape: readonly [height: number, width: number, channels: number],
  { classes }: FromArraysOptions = {},
): Split => {
  if (!isShape(shape))
    throw wrong("shape to be [height, width, channels], whole numbers above 0", shown(shape));
  if (typeof labels !== "object" || !Number.isSafeInteger(labels?.length))
    throw wrong("labels to be an array, a label for each image", shown(labels));
  if (classes !== undefined && !areNames(classes))
    throw wrong("classes to be an array of names", shown(classes));
  const length = shape.reduce((a, b) => a * b, 1);
  const bytes = isList(images) ? joined(images, length, shape) : asBytes(images, "images");
  const count = labels.length;
  if (count === 0) throw wrong("a label for each image", "no labels");
  if (bytes.length !== count * length) {
    const given = Number((bytes.length / length).toFixed(2));
    throw wrong(
      `${count} images of ${shape.join("x")} for ${count} labels, ${count * length} bytes`,
      `${bytes.length} bytes, ${given} images; correct the shape or the labels`,
    );
  }
  return { images: bytes, labels: asLabels(labels, classes), shape: [count, ...shape] };
};

const wrong = (expected: string, got: string): DatasetError =>
  new DatasetError("option", `fromArrays: expected ${expected}, got ${got}`);

/** A value as it is typed, cut where it is long. */
const shown = (value: unknown): string => {
  if (typeof value === "string") return `"${value.slice(0, 60)}"`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(shown).join(", ")}${value.length > 8 ? ", ..." : ""}]`;
  if (typeof value === "object" && value !== null) return `a value of the kind ${kindOf(value)}`;
  return String(value);
};

const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice("[object ".length, -1);

const areNames = (classes: unknown): boolean =>
  Array.isArray(classes) && classes.every((name) => typeof name === "string");

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.length === 3 && shape.every((side) => Number.isSafeInteger(side) && side > 0);

const isList = (images: Levels | readonly Levels[]): images is readonly Levels[] =>
  Array.isArray(images) && typeof images[0] !== "number";

const joined = (
  images: readonly Levels[],
  length: number,
  shape: readonly [number, number, number],
): Uint8Array => {
  // Before memory is set aside for what they should have.
  const checked = Array.from(images, (image, i) => {
    const bytes = asBytes(image, `image ${i}`);
    if (bytes.length !== length)
      throw wrong(`image ${i} to have ${length} bytes (${shape.join("x")})`, `${bytes.length}`);
    return bytes;
  });
  let all: Uint8Array;
  try {
    all = new Uint8Array(images.length * length);
  } catch {
    throw wrong(
      "images that fit into one array",
      `${images.length * length} bytes; use fewer or smaller images, or a folder of pictures`,
    );
  }
  for (const [i, bytes] of checked.entries()) all.set(bytes, i * length);
  return all;
};

const fixes: Readonly<Record<string, string>> = {
  Float32Array: "multiply by 255: Uint8Array.from(images, (x) => Math.round(255 * x))",
  Float64Array: "multiply by 255: Uint8Array.from(images, (x) => Math.round(255 * x))",
  Uint16Array: "take the upper byte: Uint8Array.from(images, (level) => level >> 8)",
  ArrayBuffer: "look at its bytes: new Uint8Array(images)",
  SharedArrayBuffer: "look at its bytes: new Uint8Array(images)",
  DataView: "look at its bytes: new Uint8Array(images.buffer, images.byteOffset, images.byteLength)",
  // From another frame or another context of Node.
  Uint8Array: "copy it: Uint8Array.from(images)",
  Uint8ClampedArray: "copy it: Uint8Array.from(images)",
};
// Uint8Array.from takes the lowest 8 bits of any number without an error.
const otherFix =
  "scale them to 0 to 255, if they are not, and copy them: Uint8ClampedArray.from(images, Number)";

/** The levels as bytes, without a copy where they are bytes. */
const asBytes = (levels: unknown, what: string): Uint8Array => {
  if (levels instanceof Uint8Array || levels instanceof Uint8ClampedArray) {
    try {
      return new Uint8Array(levels.buffer, levels.byteOffset, levels.length);
    } catch {
      throw wrong(
        `${what} with their bytes`,
        "an array whose memory was transferred, for example to a worker; pass a copy there",
      );
    }
  }
  const expected = `${what} to be levels from 0 to 255 in a Uint8Array`;
  if (!Array.isArray(levels)) {
    if (levels === null || levels === undefined) throw wrong(expected, String(levels));
    const kind = kindOf(levels);
    throw wrong(expected, `a value of the kind ${kind}; ${fixes[kind] ?? otherFix}`);
  }
  const at = levels.findIndex((level) => !Number.isInteger(level) || level < 0 || level > 255);
  if (at < 0) return Uint8Array.from(levels);
  const value: unknown = levels[at];
  const fraction = typeof value === "number" && value > 0 && value < 1;
  const fix = fraction
    ? fixes.Float32Array
    : typeof value === "object"
      ? "put all levels of an image into one array"
      : "scale them to 0 to 255 and round them";
  throw wrong(expected, `${shown(value)} at index ${at}; ${fix}`);
};

const asLabels = (labels: ArrayLike<number | string>, classes: readonly string[] | undefined): Labels => {
  if (classes) {
    if (new Set(classes).size !== classes.length)
      throw wrong("classes with different names", `[${classes.join(", ")}]`);
    if (classes.length === 0 || classes.length > mostClasses)
      throw wrong(`1 to ${mostClasses} classes`, `${classes.length}`);
  }
  const byName = new Map(classes?.map((name, i) => [name, i]));
  const numbers = Array.from(labels, (label, i) => {
    const number = typeof label === "string" ? byName.get(label) : label;
    if (
      number !== undefined &&
      Number.isInteger(number) &&
      number >= 0 &&
      number < (classes?.length ?? mostClasses)
    )
      return number;
    if (typeof label === "string" && !classes)
      throw wrong(
        `label ${i} to be a number`,
        `"${label}"; name the classes: { classes: ["${label}", ...] }`,
      );
    const names = classes && classes.length <= 20 ? ` (${classes.join(", ")})` : "";
    const expected = classes
      ? `label ${i} to be one of the ${classes.length} classes${names} or its number, from 0`
      : `label ${i} to be a whole number from 0 to ${mostClasses - 1}`;
    const fix = Array.isArray(label) ? "; give the number of the class" : "";
    throw wrong(expected, `${shown(label)}${fix}`);
  });
  const highest = classes ? classes.length - 1 : numbers.reduce((a, b) => Math.max(a, b), 0);
  return highest < 256 ? Uint8Array.from(numbers) : Uint16Array.from(numbers);
};
