// Provides a run's images in every process: each loads them itself, or process 0 sends them to machines without the files or network access.
import type { AnySplit, Dataset, Labels, Split } from "@mlpconv/datasets";
import type { Processes } from "./processes.js";

/** @param load called in every process */
export const dataOfEach = (
  processes: Processes,
  load: () => Promise<Dataset<AnySplit>>,
): Promise<Dataset<AnySplit>> =>
  processes.agreed(() =>
    load().catch((error: Error) => {
      if (processes.size > 1)
        error.message += "; or let process 0 send the images to all: --data-from-rank-0";
      throw error;
    }),
  );

/**
 * @param load called only in process 0
 * @throws Error when the images do not fit in memory
 */
export const dataFromFirst = async (
  processes: Processes,
  load: () => Promise<Dataset<AnySplit>>,
): Promise<Dataset<AnySplit>> => {
  const { rank, group, agreed, fromFirst } = processes;
  const found = await agreed(async () => (rank === 0 ? inMemory(await load()) : undefined));
  if (!group) return found!;
  // Process 0 alone records the pictures.
  const { pictures, ...sent } = found ?? {};
  const { train, test, ...facts } = await fromFirst(() => ({
    ...(sent as Dataset),
    train: shapeOf(found!.train),
    test: shapeOf(found!.test),
  }));
  const split = async ({ shape, wide }: SplitShape, mine: Split | undefined): Promise<Split> => {
    const [count, height, width, channels] = shape;
    const images = mine?.images ?? new Uint8Array(count * height * width * channels);
    const labels = mine?.labels ?? (wide ? new Uint16Array(count) : new Uint8Array(count));
    await group.broadcast(images);
    await group.broadcast(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
    return { images, labels, shape };
  };
  return {
    ...facts,
    ...(pictures && { pictures }),
    train: await split(train, found?.train),
    test: await split(test, found?.test),
  };
};

interface SplitShape {
  shape: Split["shape"];
  /** Whether labels have 16 bits. */
  wide: boolean;
}

const shapeOf = ({ shape, labels }: { shape: Split["shape"]; labels: Labels }): SplitShape => ({
  shape,
  wide: labels instanceof Uint16Array,
});

const inMemory = ({ train, test, ...facts }: Dataset<AnySplit>): Dataset => {
  if (!("read" in train) && !("read" in test)) return { ...facts, train, test };
  throw new Error(
    `train: expected images that fit in memory with --data-from-rank-0, got more in ${facts.source}; put them where every process can read them, or allow more memory`,
  );
};
