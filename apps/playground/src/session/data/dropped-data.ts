// Four IDX files that the reader dropped.
import { type Dataset, parseIdx } from "@mlpconv/datasets";
import { checkSize, gunzip } from "./gunzip.js";
import { idxData, type NamedBytes } from "./idx-data.js";

/** @throws Error naming the files when they are not four IDX files that belong together */
export const droppedData = async (files: readonly File[]): Promise<Dataset> => {
  const names = files.map(({ name }) => name).join(", ") || "none";
  if (files.length !== 4) throw notFour(`${files.length} files (${names})`);
  for (const { name, size } of files) checkSize(name, size);
  const contents = await Promise.all(
    files.map(async (file): Promise<NamedBytes & { shape: readonly number[] }> => {
      const bytes = await gunzip(file.name, new Uint8Array(await file.arrayBuffer()));
      return { name: file.name, bytes, shape: parseIdx(bytes, `data: ${file.name}`).shape };
    }),
  );
  const images = contents.filter(({ shape }) => shape.length > 1);
  const labels = contents.filter(({ shape }) => shape.length === 1);
  if (images.length !== 2) throw notFour(`${images.length} with images (${names})`);
  const [trainImages, testImages] = trainFirst(images);
  const [trainLabels, testLabels] = trainFirst(labels);
  return idxData({ trainImages, trainLabels, testImages, testLabels }, "dropped files");
};

const notFour = (got: string): Error =>
  new Error(
    `data: expected four IDX files, images and labels for training and for testing, got ${got}; drop all four at once`,
  );

/** Files for testing are called so, or have fewer examples. */
const trainFirst = <T extends NamedBytes & { shape: readonly number[] }>(files: readonly T[]): [T, T] => {
  const [one, other] = files as [T, T];
  const isTest = ({ name }: NamedBytes) => /t10k|test/i.test(name);
  const swapped = isTest(one) === isTest(other) ? one.shape[0]! < other.shape[0]! : isTest(one);
  return swapped ? [other, one] : [one, other];
};
