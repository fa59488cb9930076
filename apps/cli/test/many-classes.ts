// A data set of 300 classes with names in many scripts: small colour images, each class a colour of its own. Labels need more than a byte.
import type { Dataset, DatasetDescriptor, DatasetInfo, Split } from "@mlpconv/datasets";
import { stream } from "@mlpconv/tensor";
import { classNames } from "../../../packages/testing/src/class-names.js";

const count = 300;
const info = {
  name: "many",
  classes: classNames(count),
  shape: [12, 16, 3],
  mean: [0.5, 0.5, 0.5],
  std: [0.29, 0.29, 0.29],
} as const satisfies DatasetInfo;
const [height, width, channels] = info.shape;

/** Noise around each class's colour. */
const draw = (name: string, images: number): Split => {
  const colours = stream(0, "many/colours").uniform(count * channels, { low: 0, high: 255 });
  const noise = stream(0, name).uniform(images * height * width * channels, { low: -10, high: 10 });
  const labels = Uint16Array.from({ length: images }, (_, i) => i % count);
  const pixels = Uint8Array.from(noise, (value, i) => {
    const label = labels[Math.floor(i / (height * width * channels))]!;
    return Math.min(255, Math.max(0, Math.round(colours[label * channels + (i % channels)]! + value)));
  });
  return { images: pixels, labels, shape: [images, height, width, channels] };
};

/** The images that it is trained and tested on. */
export const load = async (): Promise<Dataset> => ({
  ...info,
  source: "a test",
  train: draw("many/train", 2 * count),
  test: draw("many/test", count),
});

export const descriptor: DatasetDescriptor = { ...info, load };
