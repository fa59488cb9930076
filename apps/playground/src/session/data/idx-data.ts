// A data set of four IDX files.
import {
  channelStatistics,
  type Dataset,
  type DatasetInfo,
  fashionMnistInfo,
  type IdxArray,
  type Labels,
  parseIdx,
  type Split,
} from "@mlpconv/datasets";

/** A file with its name, for errors. */
export interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

/** The four files. */
export interface IdxFiles {
  trainImages: NamedBytes;
  trainLabels: NamedBytes;
  testImages: NamedBytes;
  testLabels: NamedBytes;
}

/** Labels with which Fashion-MNIST's training images begin: its files are told from MNIST's, whose names and sizes are the same. */
const fashionLabels = "9,0,0,3,0,2,7,2,5,5";

/**
 * @param info what the files are said to hold; without it, Fashion-MNIST is known by its labels, and classes of other data are called by their numbers
 * @throws DatasetError or Error naming the file that is damaged, or does not fit the others
 */
export const idxData = async (files: IdxFiles, source: string, info?: DatasetInfo): Promise<Dataset> => {
  const train = splitOf(files.trainImages, files.trainLabels);
  const test = splitOf(files.testImages, files.testLabels);
  const shape = sizes(train);
  if (`${sizes(test)}` !== `${shape}`)
    throw wrong(
      files.testImages,
      `images of ${shape.join("x")} like those for training`,
      sizes(test).join("x"),
    );
  const facts = info ?? (await factsOf(train, test));
  if (`${facts.shape}` !== `${shape}`)
    throw wrong(files.trainImages, `images of ${facts.shape.join("x")}`, shape.join("x"));
  for (const [file, { labels }] of [
    [files.trainLabels, train],
    [files.testLabels, test],
  ] as const) {
    const label = labels.find((one) => one >= facts.classes.length);
    if (label !== undefined) throw wrong(file, `labels from 0 to ${facts.classes.length - 1}`, `${label}`);
  }
  return { ...facts, source, train, test };
};

const wrong = ({ name }: NamedBytes, expected: string, got: string): Error =>
  new Error(`data: expected ${name} to hold ${expected}, got ${got}; use four files that belong together`);

const sizes = ({ shape: [, height, width, channels] }: Split): [number, number, number] => [
  height,
  width,
  channels,
];

const splitOf = (images: NamedBytes, labels: NamedBytes): Split => {
  const pixels = parsed(images);
  const classes = parsed(labels);
  const [count, height, width, channels = 1] = pixels.shape;
  if (height === undefined || width === undefined || pixels.shape.length > 4 || ![1, 3].includes(channels))
    throw wrong(images, "images, [count, height, width] or with 1 or 3 channels", `[${pixels.shape}]`);
  if (classes.shape.length !== 1) throw wrong(labels, "one label for each image", `[${classes.shape}]`);
  if (classes.shape[0] !== count)
    throw wrong(labels, `${count} labels, as many as ${images.name} has images`, `${classes.shape[0]}`);
  return { images: pixels.values, labels: classes.values, shape: [count!, height, width, channels] };
};

const parsed = ({ name, bytes }: NamedBytes): IdxArray => parseIdx(bytes, `data: ${name}`);

/** What can be told from the images and labels alone. */
const factsOf = async (train: Split, test: Split): Promise<DatasetInfo> => {
  const shape = sizes(train);
  const begins = `${train.labels.subarray(0, 10)}`;
  if (`${shape}` === `${fashionMnistInfo.shape}` && begins === fashionLabels) return fashionMnistInfo;
  const highest = Math.max(highestOf(train.labels), highestOf(test.labels));
  const { mean, std } = await channelStatistics(train);
  return {
    name: "idx-files",
    classes: Array.from({ length: highest + 1 }, (_, label) => String(label)),
    shape,
    mean,
    std: std.map(notZero),
  };
};

const highestOf = (labels: Labels): number => {
  let highest = 0;
  for (const label of labels) highest = Math.max(highest, label);
  return highest;
};

/** A channel that is the same everywhere is not scaled. */
export const notZero = (deviation: number): number => deviation || 1;
