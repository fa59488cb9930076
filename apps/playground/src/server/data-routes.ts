// A data set as four IDX files, made from the images that were loaded, so that every data set is served alike.
import { type AnySplit, type Dataset, idxHeader, imagesAt } from "@mlpconv/datasets";
import { json, NotThere, type Reply, type Route, type Routes } from "./reply.js";
import type { ServedData } from "./served.js";

/** Most classes that a label of one byte can name. */
const mostClasses = 256;

const files = {
  trainImages: "train-images.idx",
  trainLabels: "train-labels.idx",
  testImages: "test-images.idx",
  testLabels: "test-labels.idx",
} as const satisfies ServedData["files"];

/** @param data the data set, or why there is none */
export const dataRoutes = (data: Dataset<AnySplit> | string): Routes => {
  const found = typeof data === "string" ? data : (problemOf(data) ?? data);
  if (typeof found === "string")
    return new Map([["data/data.json", () => Promise.reject(new NotThere(found))]]);
  const { train, test } = found;
  return new Map<string, Route>([
    ["data/data.json", async () => json(describe(found))],
    [`data/${files.trainImages}`, async () => images(train)],
    [`data/${files.trainLabels}`, async () => labels(train)],
    [`data/${files.testImages}`, async () => images(test)],
    [`data/${files.testLabels}`, async () => labels(test)],
  ]);
};

const problemOf = ({ name, classes }: Dataset<AnySplit>): string | undefined =>
  classes.length > mostClasses
    ? `playground: expected data of at most ${mostClasses} classes, got ${classes.length} in ${name}; train them with the command train`
    : undefined;

const describe = ({ train, test, ...facts }: Dataset<AnySplit>): ServedData => {
  const { name, classes, shape, mean, std, background, source } = facts;
  const counts = { train: train.shape[0], test: test.shape[0] };
  return { name, classes, shape, mean, std, ...(background && { background }), source, ...counts, files };
};

const idx = (shape: readonly number[], values: AsyncIterable<Uint8Array>): Reply => {
  const header = idxHeader(shape);
  return {
    type: "application/octet-stream",
    length: header.length + shape.reduce((a, b) => a * b, 1),
    body: (async function* () {
      yield header;
      yield* values;
    })(),
  };
};

/** Number of images that are read at a time. */
const atOnce = 256;

const images = (split: AnySplit): Reply => {
  const [count, height, width, channels] = split.shape;
  const values = async function* () {
    if ("images" in split) {
      yield split.images;
      return;
    }
    for (let start = 0; start < count; start += atOnce)
      yield imagesAt(
        split,
        Array.from({ length: Math.min(atOnce, count - start) }, (_, i) => start + i),
      );
  };
  // Grey images have no dimension for channels, as in MNIST's files.
  return idx(channels === 1 ? [count, height, width] : [count, height, width, channels], values());
};

const labels = ({ labels: all }: AnySplit): Reply =>
  idx(
    [all.length],
    (async function* () {
      yield Uint8Array.from(all);
    })(),
  );
