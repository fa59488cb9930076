// Training in shards and testing in groups refuse loaders and options that do not fit: on every rank, at once, with an error that names what is wrong.
import { type Batch, type Loader, loader, type Share, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { tf } from "@mlpconv/tensor";
import { eachEngine, localGroups } from "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import { evaluate, type Group, RanksDifferError, sgd, type TrainOptions, train } from "../src/index.js";

const data = synthetic({ train: 22, test: 10, seed: 3 });
const images = () => loader(data.train, { batchSize: 6, resize: 12 });
const build = () => ninMnist({ inputShape: [12, 12, 1], ratio: 16, seed: 1, lastRelu: false });

/** A loader that knows nothing of its images and labels, as one that a user wrote. */
const custom = (of: Loader, epoch: unknown, said: Partial<Loader> = {}): Loader =>
  ({ batches: of.batches, examples: of.examples, batchSize: of.batchSize, epoch, ...said }) as Loader;

/** Batches without tensors of ours, or made by hand. */
const given = (make: () => unknown) =>
  custom(images(), async function* () {
    for (let i = 0; i < 4; i++) yield make();
  });
/** The shards of the stock loader, changed. */
const changed = (change: (batch: Batch) => object) =>
  custom(images(), async function* (n: number, skip?: number, share?: Share) {
    for await (const batch of images().epoch(n, skip, share)) yield change(batch);
  });
const tensors = (x: number, y: number, dtype: "int32" | "float32" = "int32") => ({
  x: tf.zeros([x, 12, 12, 1]),
  y: tf.zeros([y], dtype),
});

const trainOne = async (group: Group | undefined, options: Partial<TrainOptions>): Promise<void> => {
  const model = build();
  const optimizer = sgd({ learningRate: 0.1 });
  try {
    const all = { train: images(), optimizer, epochs: 1, shards: 4, ...(group && { group }), ...options };
    for await (const _ of train(model, all));
  } finally {
    model.dispose();
    optimizer.dispose();
  }
};

const messages = (outcomes: PromiseSettledResult<unknown>[]): string[] =>
  outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason.message) : "no error"));

/** The error on each of so many ranks; one rank is a process without a group. */
const errorsOf = async (
  size: number,
  options: (rank: number) => Partial<TrainOptions>,
): Promise<unknown[]> => {
  const groups = size === 1 ? [undefined] : localGroups(size);
  const outcomes = await Promise.allSettled(
    groups.map((group) => trainOne(group, options(group?.rank ?? 0))),
  );
  const [first, ...others] = messages(outcomes);
  for (const other of others) expect(other).toBe(first);
  return outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason : undefined));
};

await eachEngine(() => {
  describe.each([1, 2])("on %d ranks, a loader in shards", (size) => {
    test.each<[string, () => Loader, string]>([
      [
        "of arrays",
        () => given(() => ({ x: [1], y: [2] })),
        "expected tensors x and y in batch 0, got an object",
      ],
      ["of nothing", () => given(() => null), "expected an object { x, y } for batch 0, got null"],
      [
        "with too few labels",
        () => given(() => tensors(6, 2)),
        "expected labels int32 [6] in batch 0, got int32 [2]",
      ],
      [
        "with too many labels",
        () => given(() => tensors(2, 6)),
        "expected labels int32 [2] in batch 0, got int32 [6]",
      ],
      ["with labels of float32", () => given(() => tensors(6, 6, "float32")), "got float32 [6]"],
      [
        "of empty batches",
        () => given(() => tensors(0, 0)),
        "expected at least one example in batch 0, got none",
      ],
      [
        "whose shards are of another batch",
        () => changed((batch) => ({ ...batch, within: { first: 0, examples: 3 } })),
        "expected shard 0 of 4 of batch 0 to hold 0 examples from 0 on, of 3, got 1 examples from 0 on",
      ],
      [
        "that gives whole batches as shards",
        () => given(() => ({ ...tensors(6, 6), within: { first: 0, examples: 6 } })),
        "expected shard 0 of 4 of batch 0 to hold 1 examples from 0 on, of 6, got 6 examples from 0 on, of 6; give the parts",
      ],
      [
        "whose shards do not say where they are",
        () => changed((batch) => ({ ...batch, within: {} })),
        "to hold a part of a batch, got 1 examples from undefined on, of undefined",
      ],
      [
        "with fewer batches than it says",
        () => custom(images(), images().epoch, { batches: 6 }),
        "expected 6 batches in epoch 1, the loader's number, got 4",
      ],
      [
        "with more batches than it says",
        () => custom(images(), images().epoch, { batches: 3 }),
        "expected 3 batches in epoch 1, the loader's number, got 4",
      ],
    ])("%s is refused", async (_, make, message) => {
      const before = tf.memory().numTensors;
      const [error] = await errorsOf(size, () => ({ train: make() }));
      expect((error as Error).message).toContain(message);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test.each<[string, (rank: number) => Partial<TrainOptions>, string]>([
    ["epochs", (rank) => ({ epochs: 1 + rank }), "expected epochs of rank 1 to be that of rank 0, 1, got 2"],
    [
      "shards",
      (rank) => ({ shards: 2 + 2 * rank }),
      "expected shards of rank 1 to be that of rank 0, 2, got 4",
    ],
    [
      "a learning rate",
      (rank) => ({ optimizer: sgd({ learningRate: 0.1 + rank }) }),
      "expected optimizer.learningRate of rank 1 to be that of rank 0, 0.1, got 1.1",
    ],
    [
      "test images",
      (rank) => (rank ? { test: images() } : {}),
      "expected test.batches of rank 1 to be that of rank 0, none, got 4",
    ],
    [
      "batches",
      (rank) => ({ train: loader(data.train, { batchSize: rank ? 6 : 11, resize: 12 }) }),
      "expected train.batches of rank 1 to be that of rank 0, 2, got 4",
    ],
    [
      // As each rank would load it for data parallelism elsewhere.
      "half of the data",
      (rank) => {
        const labels = data.train.labels.map((label) => (label + rank) % 10);
        return { train: loader({ ...data.train, labels }, { batchSize: 6, resize: 12 }) };
      },
      "expected digest of train.labels of rank 1 to be that of rank 0",
    ],
    [
      "batches of another size",
      (rank) => ({
        train: custom(images(), async function* () {
          for (const n of rank ? [6, 6, 6, 4] : [6, 4, 8, 4]) yield tensors(n, n);
        }),
      }),
      "expected the batch of step 2 to have 4 examples on every rank, as on rank 0, got 6 on rank 1",
    ],
  ])("%s that one rank alone has end training on all ranks", async (_, options, message) => {
    for (const error of await errorsOf(2, options)) {
      expect(error).toBeInstanceOf(RanksDifferError);
      expect(error).toMatchObject({ rank: 1, message: expect.stringContaining(`train: ${message}`) });
    }
  });

  describe("evaluate on two ranks", () => {
    const tests = () => loader(data.test, { batchSize: 4, resize: 12 });
    const errors = async (make: (rank: number) => unknown): Promise<string[]> => {
      const model = build();
      const before = tf.memory().numTensors;
      try {
        return messages(
          await Promise.allSettled(
            localGroups(2).map((group) => evaluate(model, make(group.rank) as Loader, { group })),
          ),
        );
      } finally {
        expect(tf.memory().numTensors).toBe(before);
        model.dispose();
      }
    };

    test.each<[string, (rank: number) => unknown, string]>([
      [
        "that skips no batch",
        () => custom(tests(), (n: number) => tests().epoch(n)),
        "expected 2 batches after the first 1, got more; epoch(n, skip) of the loader must leave out the first `skip` batches",
      ],
      [
        "with fewer batches than it says",
        () => custom(tests(), tests().epoch, { batches: 5 }),
        "expected batches 2 to 4, got 1 of them",
      ],
      [
        "with more batches than it says",
        () => custom(tests(), tests().epoch, { batches: 2 }),
        "expected 1 batches after the first 1, got more",
      ],
      [
        "of another number of batches on one rank",
        (rank) => custom(tests(), tests().epoch, { batches: rank ? 3 : 2 }),
        "expected loader.batches of rank 1 to be that of rank 0, 2, got 3",
      ],
      ["of nothing", () => given(() => null), "expected an object { x, y } for batch 0, got null"],
      [
        "that is not a loader",
        () => [1],
        "expected the second argument to be a loader, got an object with 0",
      ],
    ])("refuses a loader %s", async (_, make, message) => {
      for (const error of await errors(make)) expect(error).toContain(`evaluate: ${message}`);
    });

    test("asks a loader for the batches of each rank once", async () => {
      const asked: unknown[] = [];
      const model = build();
      const counting = custom(tests(), (n: number, skip: number) => {
        asked.push(skip);
        return tests().epoch(n, skip);
      });
      const alone = await evaluate(model, tests());
      for (const figures of await Promise.all(
        localGroups(2).map((group) => evaluate(model, counting, { group })),
      ))
        expect(figures).toEqual(alone);
      expect(asked.toSorted()).toEqual([0, 1]);
      model.dispose();
    });
  });
}, ["wasm"]);
