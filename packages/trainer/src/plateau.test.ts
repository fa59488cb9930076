import { useEngine } from "@mlpconv/tensor";
import { localGroups, toyLoader, toyModel } from "@mlpconv/testing";
import { beforeAll, describe, expect, test } from "vitest";
import {
  fit,
  type PlateauState,
  type Position,
  sgd,
  type TrainEvent,
  type TrainOptions,
  train,
} from "./index.js";
import { afterEpoch } from "./plateau.js";

beforeAll(() => useEngine("cpu"));

const epoch = (n: number, testAccuracy: number) => ({
  ...{
    type: "epoch" as const,
    epoch: n,
    step: n,
    loss: 1,
    trainAccuracy: 0,
    examplesPerSecond: 1,
    seconds: 1,
  },
  testAccuracy,
});

test("the rate falls as by PyTorch's ReduceLROnPlateau", () => {
  // torch 2.15: mode max, factor 0.5, patience 1, threshold 0.
  const accuracies = [0.5, 0.6, 0.6, 0.55, 0.61, 0.61, 0.6, 0.6, 0.6, 0.6, 0.7, 0.7];
  const expected = [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125];
  let state: PlateauState | undefined;
  const factors = accuracies.map((accuracy, i) => {
    state = afterEpoch(state, epoch(i + 1, accuracy), { epochs: 2, factor: 0.5 });
    return state.factor;
  });
  expect(factors).toEqual(expected);
});

test("a validation accuracy counts before a test accuracy, and one of them is needed", () => {
  const held = { ...epoch(1, 0.9), validationAccuracy: 0.2 };
  expect(afterEpoch(undefined, held, { epochs: 1 }).best).toBe(0.2);
  const { testAccuracy: _, ...untested } = epoch(1, 0);
  expect(() => afterEpoch(undefined, untested, { epochs: 1 })).toThrow(
    "expected a validation or test accuracy",
  );
});

describe("train", () => {
  // With rate 0 no weight moves, so that the accuracy never rises.
  const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
    train: toyLoader(8, 4),
    test: toyLoader(8, 4, 1),
    optimizer: sgd({ learningRate: 1e-9 }),
    schedule: (step, total) => 1 + step / total,
    plateau: { epochs: 2, factor: 0.5 },
    epochs: 6,
    checkpoint: {},
    ...more,
  });
  const collect = async (more: Partial<TrainOptions> = {}) => {
    const events: TrainEvent[] = [];
    for await (const event of train(toyModel(), options(more))) events.push(event);
    return events;
  };
  const rates = (events: TrainEvent[]) =>
    events.flatMap((event) => (event.type === "step" ? event.learningRate : []));

  test("multiplies the schedule's rate by the factor of the plateau", async () => {
    const expected = Array.from({ length: 12 }, (_, step) => {
      // The first epoch is the best; after epochs 3 and 5 two have passed without a better one.
      const falls = Math.max(0, Math.floor((Math.floor(step / 2) - 1) / 2));
      return 1e-9 * (1 + step / 12) * 0.5 ** falls;
    });
    expect(rates(await collect())).toEqual(expected);
  });

  test("goes on with the rate that it had, from every checkpoint", async () => {
    const whole = await collect();
    const positions: Position[] = whole.flatMap((event) =>
      event.type === "checkpoint" ? event.position : [],
    );
    expect(positions.length).toBeGreaterThan(4);
    for (const position of positions.slice(0, -1)) {
      // A checkpoint is JSON.
      const resume: Position = JSON.parse(JSON.stringify(position));
      expect(rates(await collect({ resume }))).toEqual(rates(whole).slice(position.step));
    }
    const { plateau: _, ...constant } = options();
    const rest: TrainEvent[] = [];
    for await (const event of train(toyModel(), { ...constant, resume: positions.at(-2)! })) rest.push(event);
    expect(rates(rest)[0]).toBeCloseTo(1e-9 * (1 + positions.at(-2)!.step / 12), 15);
    expect(rest.findLast((event) => event.type === "checkpoint")!.position).not.toHaveProperty("plateau");
  });

  test("falls alike on all ranks of a group, and in shards", async () => {
    const alone = rates(await collect({ shards: 2 }));
    for (const events of await Promise.all(localGroups(2).map((group) => collect({ group }))))
      expect(rates(events)).toEqual(alone);
    expect(alone.at(-1)).toBeLessThan(1e-9);
  });

  test.each([
    [{ epochs: 0 }, "expected plateau.epochs to be a whole number, at least 1, got 0"],
    [{ epochs: 1, factor: 1 }, "expected plateau.factor to be above 0 and below 1, got 1"],
  ])("refuses %o", async (plateau, message) => {
    await expect(fit(toyModel(), options({ plateau }))).rejects.toThrow(message);
  });
});
