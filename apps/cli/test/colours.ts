// A data set as a user might add one: three classes of colour images, wider than high. A class is a colour, and all three have one brightness, so
// that nothing can tell them apart in grey.
import type { Dataset, DatasetDescriptor, DatasetInfo, Split } from "@mlpconv/datasets";
import { stream } from "@mlpconv/tensor";

const info = {
  name: "colours",
  classes: ["红", "green", "blue"],
  shape: [20, 24, 3],
  mean: [0.36, 0.31, 0.38],
  std: [0.24, 0.19, 0.29],
} as const satisfies DatasetInfo;

const colours = [
  [200, 40, 60],
  [30, 120, 50],
  [60, 60, 250],
] as const;
const [height, width, channels] = info.shape;

/** Noise around each class's colour. */
const draw = (name: string, count: number): Split => {
  const noise = stream(0, name).uniform(count * height * width * channels, { low: -30, high: 30 });
  const labels = Uint8Array.from({ length: count }, (_, i) => i % colours.length);
  const images = Uint8Array.from(noise, (value, i) => {
    const label = labels[Math.floor(i / (height * width * channels))]!;
    return Math.min(255, Math.max(0, Math.round(colours[label]![i % channels]! + value)));
  });
  return { images, labels, shape: [count, height, width, channels] };
};

/** The images that it is trained and tested on. */
export const load = async (): Promise<Dataset> => ({
  ...info,
  source: "a test",
  train: draw("colours/train", 240),
  test: draw("colours/test", 45),
});

export const descriptor: DatasetDescriptor = { ...info, load };
