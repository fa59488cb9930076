// Training in shards: the bits of a run depend on the number of shards alone, not on how many ranks share them.
import { type Batch, holdOut, type Loader, loader, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { recorder, tf } from "@mlpconv/tensor";
import { eachEngine, localGroups, toyLoader, toyModel } from "@mlpconv/testing";
import { describe, expect, test, vi } from "vitest";
import {
  adamw,
  broadcastState,
  DivergedError,
  evaluate,
  type Group,
  GroupError,
  type Optimizer,
  type Position,
  sgd,
  type TrainEvent,
  type TrainOptions,
  train,
} from "../src/index.js";

/** 22 images in batches of 6: the last one, of 4, and the first ones are not divisible by 4 or 8 shards. */
const data = synthetic({ train: 22, test: 10, seed: 3 });
const images = () => loader(data.train, { batchSize: 6, resize: 12, shuffle: true, flip: true, seed: 5 });
const testImages = () => loader(data.test, { batchSize: 4, resize: 12 });
const build = () => ninMnist({ inputShape: [12, 12, 1], ratio: 16, seed: 1, lastRelu: false, dropout: 0.5 });

interface Ran {
  /** Without what the clock says. */
  events: object[];
  weights: number[][];
  positions: Position[];
}

const timeless = (event: TrainEvent) =>
  JSON.parse(JSON.stringify(event), (key, value) =>
    ["seconds", "examplesPerSecond"].includes(key) ? 0 : value,
  ) as object;

interface Rank {
  model?: tf.LayersModel;
  optimizer?: Optimizer;
  onEvent?: (event: TrainEvent, model: tf.LayersModel, optimizer: Optimizer) => void | Promise<void>;
  options?: Partial<TrainOptions>;
}

const runOne = async (group: Group | undefined, rank: Rank = {}): Promise<Ran> => {
  const { model = build(), optimizer = adamw({ learningRate: 0.01 }), onEvent, options } = rank;
  const events: object[] = [];
  const positions: Position[] = [];
  try {
    for await (const event of train(model, {
      train: images(),
      test: testImages(),
      optimizer,
      epochs: 2,
      ...(group && { group }),
      ...options,
    })) {
      if (event.type === "checkpoint") positions.push(event.position);
      else events.push(timeless(event));
      await onEvent?.(event, model, optimizer);
    }
    const weights = await Promise.all(model.getWeights().map(async (w) => [...(await w.data())]));
    return { events, weights, positions };
  } finally {
    model.dispose();
    optimizer.dispose();
  }
};

/** As many ranks in this process; the outcome of each. */
const runRanks = (size: number, rank: (rank: number) => Rank = () => ({})) =>
  Promise.allSettled(localGroups(size).map((group) => runOne(group, rank(group.rank))));

const values = (outcomes: PromiseSettledResult<Ran>[]): Ran[] =>
  outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
const reasons = (outcomes: PromiseSettledResult<Ran>[]): unknown[] =>
  outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason : undefined));

await eachEngine(() => {
  test("gives the same weights and events on 1, 2 and 4 ranks", async () => {
    const shards = { options: { shards: 4 } };
    const alone = await runOne(undefined, shards);
    expect(alone.events).toHaveLength(1 + 2 * 4 + 2 + 1);
    for (const size of [1, 2, 4]) {
      for (const ran of values(await runRanks(size, () => shards))) expect(ran).toEqual(alone);
    }
  });

  test("tests held-out images together, and refuses ranks that hold out others", async () => {
    const { train: kept, validation } = holdOut(data.train, 0.3);
    const holding = (validation: Loader) => ({
      options: { train: loader(kept, { batchSize: 6, resize: 12 }), validation, shards: 2, epochs: 1 },
    });
    const held = () => loader(validation, { batchSize: 2, resize: 12 });
    const alone = await runOne(undefined, holding(held()));
    expect(alone.events.at(-1)).toMatchObject({ validationAccuracy: expect.any(Number) });
    for (const ran of values(await runRanks(2, () => holding(held())))) expect(ran).toEqual(alone);
    const differing = await runRanks(2, (rank) => holding(rank === 0 ? held() : testImages()));
    for (const reason of reasons(differing))
      expect(reason).toMatchObject({
        message: expect.stringContaining("expected validation.batches of rank 1 to be that of rank 0"),
      });
  });

  test("has shards without an example where a batch has fewer examples than shards", async () => {
    const shards = { options: { shards: 8 } };
    const alone = await runOne(undefined, shards);
    for (const ran of values(await runRanks(4, () => shards))) expect(ran).toEqual(alone);
  });

  test("one shard gives the bits of training without shards", async () => {
    const plain = await runOne(undefined);
    const [ran] = values(await runRanks(1));
    expect(ran).toEqual(plain);
    expect(await runOne(undefined, { options: { shards: 1 } })).toEqual(plain);
  });

  test("four shards give the gradients of one but for rounding", async () => {
    const step = async (shards: number) => {
      const { weights } = await runOne(undefined, {
        optimizer: sgd({ learningRate: 0.1 }),
        options: { shards, epochs: 1, train: loader(data.train, { batchSize: 22, resize: 12 }) },
      });
      return weights.flat();
    };
    const [one, four] = [await step(1), await step(4)];
    const start = build();
    const before = start.getWeights().flatMap((w) => [...w.dataSync()]);
    start.dispose();
    const moved = Math.max(...one.map((value, i) => Math.abs(value - before[i]!)));
    const apart = Math.max(...one.map((value, i) => Math.abs(value - four[i]!)));
    expect(moved).toBeGreaterThan(1e-3);
    expect(apart).toBeLessThan(1e-5 * Math.max(1, moved));
  });

  test("a run of two ranks goes on with four and then with one, to the bits of one that never stopped", async () => {
    const options = { shards: 4, checkpoint: { steps: 1 } };
    const whole = await runOne(undefined, { options });
    let saved: { weights: tf.Tensor[]; memory: tf.Tensor[]; step: number; position: Position } | undefined;
    const stopAt = (step: number) => (rank: number) => {
      const model = build();
      const optimizer = adamw({ learningRate: 0.01 });
      const controller = new AbortController();
      const from = saved;
      return { model, optimizer, controller, from, rank, step };
    };
    const memoryOf = (model: tf.LayersModel, optimizer: Optimizer) =>
      Object.values(optimizer.state(model.trainableWeights.map((w) => w.read() as tf.Variable))).flat();

    /** Trains to a step on so many ranks; rank 0 alone has what was saved before. */
    const part = async (size: number, step: number | undefined): Promise<Ran> => {
      const before = saved;
      const outcomes = await Promise.allSettled(
        localGroups(size).map(async (group) => {
          const { model, optimizer, controller } = stopAt(step ?? 0)(group.rank);
          if (before) {
            if (group.rank === 0) {
              model.setWeights(before.weights);
              memoryOf(model, optimizer).forEach((variable, i) => {
                variable.assign(before.memory[i]!);
              });
              optimizer.step = before.step;
              optimizer.counts?.set(
                model.trainableWeights.map((w) => w.read() as tf.Variable),
                model.trainableWeights.map(() => before.step),
              );
            }
            await broadcastState(group, model, optimizer);
          }
          return runOne(group, {
            model,
            optimizer,
            options: {
              ...options,
              signal: controller.signal,
              ...(before && { resume: before.position }),
            },
            onEvent: async (event) => {
              // A step before: the signal is seen in the next step's sums.
              if (event.type === "step" && event.step === (step ?? 99) - 1 && group.rank === size - 1)
                controller.abort();
              if (event.type === "checkpoint" && group.rank === 0)
                saved = {
                  weights: model.getWeights().map((w) => w.clone()),
                  memory: memoryOf(model, optimizer).map((v) => v.clone()),
                  step: optimizer.step,
                  position: event.position,
                };
            },
          });
        }),
      );
      return values(outcomes)[0]!;
    };
    const first = await part(2, 3);
    expect(first.events.at(-1)).toMatchObject({ type: "end", step: 3, interrupted: true });
    const second = await part(4, 6);
    expect(second.events.at(-1)).toMatchObject({ type: "end", step: 6, interrupted: true });
    const last = await part(1, undefined);
    expect(last.weights).toEqual(whole.weights);
    expect(last.events.at(-1)).toEqual(whole.events.at(-1));
  });
}, ["native", "wasm"]);

await eachEngine(() => {
  describe("what one rank meets", () => {
    test("a signal ends training on all ranks after the same step", async () => {
      const controller = new AbortController();
      const ran = values(
        await runRanks(4, (rank) => ({
          options: rank === 2 ? { signal: controller.signal } : {},
          onEvent: (event) => {
            if (rank === 2 && event.type === "step" && event.step === 2) controller.abort();
          },
        })),
      );
      for (const { events } of ran) {
        expect(events).toEqual(ran[0]!.events);
        expect(events.at(-1)).toMatchObject({ type: "end", step: 3, interrupted: true });
      }
    });

    test("rank 0's clock decides on all ranks when a checkpoint is due", async () => {
      const ran = values(
        await runRanks(2, (rank) => ({
          options: { checkpoint: rank === 0 ? { steps: 3 } : { seconds: 0 } },
        })),
      );
      for (const { positions } of ran) expect(positions.map(({ step }) => step)).toEqual([3, 4, 6, 8]);
    });

    test("a loader's error ends training on all ranks, and names the rank", async () => {
      const broken: Loader = {
        ...images(),
        async *epoch(n, skip, share) {
          let count = 0;
          for await (const batch of images().epoch(n, skip, share)) {
            if (++count === 3) throw new Error("the disk is gone");
            yield batch;
          }
        },
      };
      const errors = reasons(
        await runRanks(2, (rank) => ({ options: rank === 1 ? { train: broken } : {} })),
      ) as GroupError[];
      for (const error of errors) {
        expect(error).toBeInstanceOf(GroupError);
        expect(error).toMatchObject({ rank: 1, message: "train: rank 1 failed: the disk is gone" });
      }
      expect(errors.map(({ cause }) => (cause as Error | undefined)?.message)).toEqual([
        undefined,
        "the disk is gone",
      ]);
    });

    test("an error in the test images ends training on all ranks", async () => {
      const broken: Loader = {
        ...testImages(),
        // biome-ignore lint/correctness/useYield: it fails before the first batch.
        async *epoch(): AsyncGenerator<Batch> {
          throw new Error("no test images");
        },
      };
      const errors = reasons(
        await runRanks(2, (rank) => ({ options: rank === 0 ? { test: broken } : {} })),
      ) as Error[];
      expect(errors.map(({ message }) => message)).toEqual(
        Array(2).fill("train: rank 0 failed: no test images"),
      );
    });

    test("a loss that is not finite is the same error on all ranks, and changes no weight", async () => {
      const poisoned: Loader = {
        ...images(),
        async *epoch(n, skip, share) {
          for await (const batch of images().epoch(n, skip, share))
            yield { ...batch, x: tf.mul(batch.x, Number.NaN) as tf.Tensor4D };
        },
      };
      const errors = reasons(
        await runRanks(2, (rank) => ({ options: rank === 1 ? { train: poisoned } : {} })),
      ) as DivergedError[];
      for (const error of errors) {
        expect(error).toBeInstanceOf(DivergedError);
        expect(error.message).toBe(errors[0]!.message);
      }
    });

    test("other weights are refused before the first step, naming the rank", async () => {
      const errors = reasons(
        await runRanks(4, (rank) => ({
          model: ninMnist({ inputShape: [12, 12, 1], ratio: 16, seed: rank === 3 ? 2 : 1 }),
        })),
      ) as Error[];
      for (const { message } of errors)
        expect(message).toContain(
          "expected every rank to have rank 0's weights to begin with, got others on rank 3",
        );
    });
  });

  test.each([1, 2, 4, 3])("evaluate gives the figures of one process on %d ranks", async (size) => {
    const model = build();
    const alone = await evaluate(model, testImages());
    const figures = await Promise.all(
      localGroups(size).map((group) => evaluate(model, testImages(), { group })),
    );
    for (const each of figures) expect(each).toEqual(alone);
    model.dispose();
  });

  test("a loader that knows nothing of shards is cut into them", async () => {
    const simple = images();
    const plain: Loader = {
      batches: simple.batches,
      examples: simple.examples,
      batchSize: simple.batchSize,
      epoch: (n, skip) => simple.epoch(n, skip),
      [Symbol.asyncIterator]: () => simple.epoch(0)[Symbol.asyncIterator](),
    };
    const expected = await runOne(undefined, { options: { shards: 4 } });
    for (const ran of values(await runRanks(2, () => ({ options: { shards: 4, train: plain } }))))
      expect(ran).toEqual(expected);
  });

  test.each([
    [3, 4, "expected a group of 1, 2, 4, 8, ... processes, got 3; start 2"],
    [4, 2, "expected shards to be a power of two, at least 4, the number of processes, got 2"],
    [2, 6, "expected shards to be a power of two, at least 2, the number of processes, got 6"],
    [1, 0, "expected shards to be a power of two, at least 1, the number of processes, got 0"],
  ])("%d ranks and %d shards are refused", async (size, shards, message) => {
    for (const error of reasons(await runRanks(size, () => ({ options: { shards } }))))
      expect((error as Error).message).toBe(`train: ${message}`);
  });

  test("a group of one process heeds its signal", async () => {
    const controller = new AbortController();
    const { events } = await runOne(localGroups(1)[0], {
      options: { signal: controller.signal },
      onEvent: ({ type }) => {
        if (type === "step") controller.abort();
      },
    });
    expect(events.at(-1)).toMatchObject({ type: "end", step: 1, interrupted: true });
  });

  test("a signal to one rank during evaluation ends all ranks, before the epoch's end", async () => {
    const ran = values(
      await runRanks(2, (rank) => {
        const controller = new AbortController();
        const test = testImages();
        const { epoch } = test;
        test.epoch = (...args) => {
          if (rank === 1) controller.abort();
          return epoch(...args);
        };
        return { options: { signal: controller.signal, test } };
      }),
    );
    for (const { events } of ran) {
      expect(events.at(-1)).toMatchObject({ type: "end", step: 4, interrupted: true });
      expect(events).not.toContainEqual(expect.objectContaining({ type: "epoch" }));
    }
  });

  test("leaves no tensor behind", async () => {
    await runOne(undefined, { options: { shards: 4 } });
    const before = tf.memory().numTensors;
    await runOne(undefined, { options: { shards: 4 } });
    values(await runRanks(2));
    expect(tf.memory().numTensors).toBe(before);
  });
}, ["wasm"]);

await eachEngine(() => {
  test("ranks have the same weights on an engine that records steps, and record none", async () => {
    const capture = vi.spyOn(recorder()!, "capture");
    const toy = (): Rank => ({
      model: toyModel(),
      options: { shards: 2, train: toyLoader(30, 9), test: toyLoader(9, 3) },
    });
    const alone = await runOne(undefined, toy());
    for (const ran of values(await runRanks(2, toy))) expect(ran).toEqual(alone);
    expect(capture).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
}, ["webgpu"]);
