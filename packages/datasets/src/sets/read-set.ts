// From the verified files of a published data set to its images and labels.
import type { Dataset, Labels, Split } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import type { DataFile, Form, PublishedSet } from "./data-set.js";
import { parseIdx } from "./idx.js";
import { type Examples, readCifarBinary, readCifarPython } from "./read-cifar.js";

type Contents = ReadonlyMap<string, Uint8Array>;
type SplitName = DataFile["split"];

/**
 * The data set made of all files of a form.
 *
 * @param source where they came from, in words
 * @throws DatasetError `damaged` when they do not hold images and labels of the data set
 */
export const readSet = (set: PublishedSet, form: Form, contents: Contents, source: string): Dataset => {
  const split = (name: SplitName): Split => checkedSplit(set, name, read(set, form, contents, name));
  return { ...set.info, source, train: split("train"), test: split("test") };
};

const read = (set: PublishedSet, form: Form, contents: Contents, name: SplitName) => {
  const files = form.files.filter(({ split }) => split === name);
  const bytesOf = (file: DataFile) => ({ name: file.name, bytes: contents.get(file.name)! });
  if (form.format === "idx") return readIdx(set, files, contents);
  const reader = form.format === "cifar-binary" ? readCifarBinary : readCifarPython;
  const size = { shape: set.info.shape, classes: set.info.classes.length };
  return joined(files.map((file) => reader(bytesOf(file), size)));
};

const readIdx = (
  { transposed = false, firstLabel = 0, info }: PublishedSet,
  files: readonly DataFile[],
  contents: Contents,
): Examples => {
  const values = (holds: DataFile["holds"]) => {
    const { name } = files.find((each) => each.holds === holds)!;
    return parseIdx(contents.get(name)!, name).values;
  };
  const images = values("images");
  const labels = values("labels");
  return {
    images: transposed ? withAxesSwapped(images, info.shape[0]) : images,
    labels: firstLabel === 0 ? labels : labels.map((label) => label - firstLabel),
  };
};

/** Square images of one channel with rows and columns exchanged. */
const withAxesSwapped = (images: Uint8Array, side: number): Uint8Array => {
  const swapped = new Uint8Array(images.length);
  const length = side * side;
  for (let start = 0; start < images.length; start += length)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) swapped[start + y * side + x] = images[start + x * side + y]!;
  return swapped;
};

const joined = (parts: readonly Examples[]): Examples => {
  const [only] = parts;
  if (parts.length === 1) return only!;
  const join = (arrays: readonly Uint8Array[]) => {
    const all = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      all.set(array, at);
      at += array.length;
    }
    return all;
  };
  return { images: join(parts.map((part) => part.images)), labels: join(parts.map((part) => part.labels)) };
};

const checkedSplit = (
  { info: { name, shape, classes }, examples }: PublishedSet,
  split: SplitName,
  { images, labels }: Examples,
): Split => {
  const damaged = (expected: string, got: string) =>
    new DatasetError(
      "damaged",
      `${name}: expected ${expected} in the ${split} files, got ${got}; get them again`,
    );
  const count = examples[split];
  const [height, width, channels] = shape;
  const got = `${images.length / (height * width * channels)} and ${labels.length}`;
  if (got !== `${count} and ${count}`) throw damaged(`${count} images and as many labels`, got);
  checkLabels(labels, classes.length, damaged);
  return { images, labels, shape: [count, height, width, channels] };
};

const checkLabels = (
  labels: Labels,
  classes: number,
  damaged: (expected: string, got: string) => DatasetError,
): void => {
  const wrong = labels.find((label) => label >= classes);
  if (wrong !== undefined) throw damaged(`labels of ${classes} classes`, `label ${wrong}`);
};
