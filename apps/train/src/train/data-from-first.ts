// The images of a run on every process: each finds them for itself, or process 0 sends them, to machines without a disk or a network of their own.
import type { Dataset, Split } from "@mlpconv/datasets";
import type { Processes } from "./processes.js";

/** @param load called on every process */
export const dataOfEach = (processes: Processes, load: () => Promise<Dataset>): Promise<Dataset> =>
  processes.agreed(() =>
    load().catch((error: Error) => {
      if (processes.size > 1)
        error.message += "; or let process 0 send the images to all: --data-from-rank-0";
      throw error;
    }),
  );

/** @param load called on process 0 alone */
export const dataFromFirst = async (processes: Processes, load: () => Promise<Dataset>): Promise<Dataset> => {
  const { rank, group, agreed, fromFirst } = processes;
  const found = await agreed(() => (rank === 0 ? load() : undefined));
  if (!group) return found!;
  const { train, test, ...facts } = await fromFirst(() => ({
    ...found!,
    train: found!.train.shape,
    test: found!.test.shape,
  }));
  const split = async (shape: Split["shape"], mine: Split | undefined): Promise<Split> => {
    const images = mine?.images ?? new Uint8Array(shape[0] * shape[1] * shape[2] * shape[3]);
    const labels = mine?.labels ?? new Uint8Array(shape[0]);
    await group.broadcast(images);
    await group.broadcast(labels);
    return { images, labels, shape };
  };
  return { ...facts, train: await split(train, found?.train), test: await split(test, found?.test) };
};
