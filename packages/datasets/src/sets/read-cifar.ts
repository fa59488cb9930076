// CIFAR's two formats: binary records, and dictionaries in Python's pickle format. Both store an image channel by channel.

import type { DatasetInfo } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import { PickledArray, parsePickle } from "./pickle.js";

interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

interface Size {
  shape: DatasetInfo["shape"];
  classes: number;
}

/** Images and labels of a file, before they are checked. */
export interface Examples {
  images: Uint8Array;
  labels: Uint8Array;
}

/** Copies an image's channels, one after another in `from`, to pixels of all channels in `to`. */
const interleave = (from: Uint8Array, to: Uint8Array, channels: number): void => {
  const pixels = from.length / channels;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) to[i * channels + c] = from[c * pixels + i]!;
};

/**
 * Images and labels of records: the label bytes, then the image. Of CIFAR-100's two labels the second, the fine one, is the class.
 *
 * @throws DatasetError `damaged` when it is not a whole number of records
 */
export const readCifarBinary = ({ name, bytes }: NamedBytes, { shape, classes }: Size): Examples => {
  const [height, width, channels] = shape;
  const length = height * width * channels;
  const labelBytes = classes > 10 ? 2 : 1;
  const record = labelBytes + length;
  if (bytes.length === 0 || bytes.length % record !== 0) {
    const expected = `records of ${record} bytes`;
    throw new DatasetError(
      "damaged",
      `${name}: expected ${expected}, got ${bytes.length} bytes; get it again`,
    );
  }
  const count = bytes.length / record;
  const images = new Uint8Array(count * length);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const image = i * record + labelBytes;
    labels[i] = bytes[image - 1]!;
    interleave(
      bytes.subarray(image, image + length),
      images.subarray(i * length, (i + 1) * length),
      channels,
    );
  }
  return { images, labels };
};

/**
 * Images and labels of a dictionary: `data` is an array of an image a row, `labels` or `fine_labels` a list of numbers.
 *
 * @throws DatasetError `damaged`
 */
export const readCifarPython = ({ name, bytes }: NamedBytes, { shape, classes }: Size): Examples => {
  const [height, width, channels] = shape;
  const length = height * width * channels;
  const damaged = (expected: string, got: string) =>
    new DatasetError("damaged", `${name}: expected ${expected}, got ${got}; get it again`);
  const batch = parsePickle(bytes, name);
  if (!(batch instanceof Map)) throw damaged("a dictionary", "another value");
  const data = batch.get("data");
  if (!(data instanceof PickledArray) || data.shape.length !== 2 || data.shape[1] !== length)
    throw damaged(
      `"data" to be an array of rows of ${length} bytes`,
      data instanceof PickledArray ? `an array of ${data.shape.join("x")}` : "none",
    );
  const key = classes > 10 ? "fine_labels" : "labels";
  const labels: unknown = batch.get(key);
  const count = data.shape[0]!;
  const isLabel = (label: unknown) => typeof label === "number" && label >= 0 && label < 256;
  if (!Array.isArray(labels) || labels.length !== count || !labels.every(isLabel))
    throw damaged(`"${key}" to be a list of ${count} numbers from 0 to 255`, "something else");
  const images = new Uint8Array(count * length);
  for (let start = 0; start < images.length; start += length)
    interleave(data.values.subarray(start, start + length), images.subarray(start, start + length), channels);
  return { images, labels: Uint8Array.from(labels) };
};
