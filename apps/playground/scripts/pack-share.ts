// Writes a share of Fashion-MNIST as the page fetches it: four gzipped IDX files, and data.json, which says that it is a share, from where, and under
// which licence.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Dataset, fashionMnistInfo, idxHeader, type Split } from "@mlpconv/datasets";
import type { ServedData } from "../src/server/served.js";
import { balancedShare } from "./balanced-share.js";

/** Numbers of images: enough to learn from, and a few megabytes. */
export const shareSizes = { train: 10_000, test: 2_000 } as const;

const files = {
  trainImages: "train-images-idx3-ubyte.gz",
  trainLabels: "train-labels-idx1-ubyte.gz",
  testImages: "t10k-images-idx3-ubyte.gz",
  testLabels: "t10k-labels-idx1-ubyte.gz",
} as const satisfies ServedData["files"];

const idx = (shape: readonly number[], values: Uint8Array): Uint8Array =>
  gzipSync(Buffer.concat([idxHeader(shape), values]), { level: 9 });

const images = ({ images, shape: [count, height, width] }: Split) => idx([count, height, width], images);
const labels = ({ labels }: Split) => idx([labels.length], Uint8Array.from(labels));

/**
 * @param whole all of Fashion-MNIST
 * @param folder for the files, made where it does not exist
 * @returns bytes written
 */
export const packShare = async (
  whole: Dataset,
  folder: string,
  { train: trainCount, test: testCount }: { train: number; test: number } = shareSizes,
  seed = 0,
): Promise<number> => {
  const classes = whole.classes.length;
  const train = await balancedShare(whole.train, { classes, count: trainCount, seed });
  const test = await balancedShare(whole.test, { classes, count: testCount, seed });
  const { name, shape, mean, std, background } = fashionMnistInfo;
  const description: ServedData = {
    ...{ name, classes: whole.classes, shape, mean, std, background },
    source: "a share of Fashion-MNIST by Xiao, Rasul and Vollgraf",
    ...{ train: trainCount, test: testCount, files },
    shareOf: { train: whole.train.shape[0], test: whole.test.shape[0] },
    homepage: "https://github.com/zalandoresearch/fashion-mnist",
    licence: "MIT, copyright 2017 Zalando SE",
  };
  const contents: [string, Uint8Array][] = [
    [files.trainImages, images(train)],
    [files.trainLabels, labels(train)],
    [files.testImages, images(test)],
    [files.testLabels, labels(test)],
    ["data.json", Buffer.from(`${JSON.stringify(description, null, 2)}\n`)],
  ];
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of contents) writeFileSync(join(folder, file), bytes);
  return contents.reduce((sum, [, { length }]) => sum + length, 0);
};
