import { useEngine } from "@mlpconv/tensor";
import { localGroups, toyLoader, toyModel } from "@mlpconv/testing";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type ChangeEvent,
  type EpochEvent,
  earlyStopping,
  fit,
  type Position,
  type StopRule,
  sgd,
  type TrainEvent,
  type TrainOptions,
  train,
} from "./index.js";

beforeAll(() => useEngine("cpu"));

const epoch = (n: number, accuracy: number, rest: Partial<EpochEvent> = {}): EpochEvent => ({
  type: "epoch",
  epoch: n,
  step: 3 * n,
  loss: 1,
  trainAccuracy: 0.5,
  examplesPerSecond: 1,
  seconds: n,
  testAccuracy: accuracy,
  testLoss: 1,
  ...rest,
});
const epochs = (...accuracies: number[]) => accuracies.map((accuracy, i) => epoch(i + 1, accuracy));
const change: ChangeEvent = {
  type: "change",
  step: 9,
  epochs: 20,
  changes: [{ setting: "learningRate", from: 0.1, to: 0.01 }],
};

describe("earlyStopping", () => {
  const stopsAfter = (rule: StopRule, events: EpochEvent[]) =>
    events.find((event) => rule(event) !== undefined)?.epoch;

  test("ends when the accuracy was not above its best for so many epochs, and says of which epoch that is", () => {
    expect(stopsAfter(earlyStopping(2), epochs(0.5, 0.6, 0.55, 0.61, 0.61, 0.6, 0.9))).toBe(6);
    expect(stopsAfter(earlyStopping(1), epochs(0.1, 0.2, 0.3))).toBeUndefined();
    const rule = earlyStopping(2);
    const [reason] = epochs(0.5, 0.6, 0.6, 0.6).flatMap((event) => rule(event) ?? []);
    expect(reason).toBe("no better test accuracy than 0.600 of epoch 2 in 2 epochs");
  });

  test("goes by the validation accuracy where there is one", () => {
    const held = [0.7, 0.6].map((validationAccuracy, i) =>
      epoch(i + 1, 0.5 + i / 10, { validationAccuracy }),
    );
    const rule = earlyStopping(1);
    expect(held.map(rule)).toEqual([
      undefined,
      "no better validation accuracy than 0.700 of epoch 1 in 1 epoch",
    ]);
  });

  test("gives the same answers when it is resumed after any epoch and asked again about it", () => {
    const all = epochs(0.5, 0.6, 0.55, 0.6, 0.58);
    const whole = all.map(earlyStopping(3));
    expect(whole.at(-1)).toBeDefined();
    for (const [i] of all.entries())
      expect(all.slice(i).map(earlyStopping(3, all.slice(0, i + 1)))).toEqual(whole.slice(i));
  });

  test("counts anew after a change of settings, and keeps the best accuracy", () => {
    const before = epochs(0.6, 0.5, 0.5);
    expect(earlyStopping(2, before)(before[2]!)).toBeDefined();
    const rule = earlyStopping(2, [...before, change]);
    expect([before[2]!, epoch(4, 0.59), epoch(5, 0.59)].map(rule)).toEqual([
      undefined,
      undefined,
      "no better test accuracy than 0.600 of epoch 1 in 2 epochs",
    ]);
  });

  test("refuses a number of epochs that is none, and epochs without a test", () => {
    expect(() => earlyStopping(0)).toThrow(
      "earlyStopping: expected epochs to be a whole number, at least 1, got 0",
    );
    const { testAccuracy: _, ...untested } = epoch(1, 0);
    expect(() => earlyStopping(1)(untested)).toThrow("expected a validation or test accuracy in each epoch");
  });
});

describe("train", () => {
  const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
    train: toyLoader(8, 4),
    test: toyLoader(8, 4, 1),
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 5,
    ...more,
  });
  const afterTwo: StopRule = ({ epoch }) => (epoch >= 2 ? "enough" : undefined);
  const collect = async (more: Partial<TrainOptions>, model = toyModel()) => {
    const all: TrainEvent[] = [];
    for await (const event of train(model, options(more))) all.push(event);
    return all;
  };

  test("ends after the epoch for which its rule gives a reason, finished, and the end says why", async () => {
    const events = await collect({ stopWhen: afterTwo });
    expect(events.filter(({ type }) => type === "epoch")).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: "end", epoch: 2, interrupted: false, stopped: "enough" });
  });

  test("does not ask the rule about the last epoch: nothing ends early there", async () => {
    const end = await fit(toyModel(), options({ stopWhen: afterTwo, epochs: 2 }));
    expect(end).not.toHaveProperty("stopped");
  });

  test("asks again when it is resumed, and trains no further", async () => {
    const model = toyModel();
    let position: Position | undefined;
    for await (const event of train(model, options({ untilEpoch: 2, checkpoint: {} })))
      if (event.type === "checkpoint") position = event.position;
    const events = await collect({ resume: position!, stopWhen: afterTwo }, model);
    expect(events).toEqual([expect.objectContaining({ type: "end", epoch: 2, step: 4, stopped: "enough" })]);
  });

  test("with testOnce tests on the test examples after the last epoch alone, also where the rule ends training", async () => {
    const once = { testOnce: true, validation: toyLoader(8, 4, 2) };
    const tested = (events: TrainEvent[]) =>
      events.flatMap((event) =>
        event.type === "epoch"
          ? [[event.testAccuracy !== undefined, event.validationAccuracy !== undefined]]
          : [],
      );
    const [no, yes] = [
      [false, true],
      [true, true],
    ];
    expect(tested(await collect({ ...once, epochs: 3 }))).toEqual([no, no, yes]);
    const ended = await collect({ ...once, stopWhen: afterTwo, checkpoint: {} });
    expect(tested(ended)).toEqual([no, yes]);
    expect(ended.at(-1)).toMatchObject({ stopped: "enough", testAccuracy: expect.any(Number) });
    expect(tested(await collect({ ...once, untilEpoch: 2 }))).toEqual([no, no]);
    // The weights are those of a run that is tested each time.
    const [some, all] = [toyModel(), toyModel()];
    await collect({ ...once, epochs: 2 }, some);
    await collect({ epochs: 2 }, all);
    expect(some.getWeights().map((each) => each.dataSync())).toEqual(
      all.getWeights().map((each) => each.dataSync()),
    );
    await expect(collect({ testOnce: true })).rejects.toThrow(/expected validation with testOnce, got none/);
  });

  test("is interrupted after untilEpoch, with the schedule of all epochs, and goes on from there", async () => {
    const schedule = (step: number, total: number) => 1 - step / total;
    const rates = (events: TrainEvent[]) =>
      events.flatMap((event) => (event.type === "step" ? event.learningRate : []));
    const whole = await collect({ schedule });
    const model = toyModel();
    const first = await collect({ schedule, untilEpoch: 2, checkpoint: {} }, model);
    expect(first.at(-1)).toMatchObject({ type: "end", epoch: 2, step: 4, interrupted: true });
    const { position } = first.findLast((event) => event.type === "checkpoint")!;
    const again = await collect({ schedule, untilEpoch: 2, resume: position }, model);
    expect(again).toEqual([expect.objectContaining({ type: "end", step: 4, interrupted: true })]);
    const rest = await collect({ schedule, resume: position }, model);
    expect([...rates(first), ...rates(rest)]).toEqual(rates(whole));
    expect(rest.at(-1)).toMatchObject({ interrupted: false });
  });

  test("in a group rank 0's rule counts, and all ranks end after the same epoch", async () => {
    const rules: StopRule[] = [afterTwo, () => undefined];
    const ends = await Promise.all(
      localGroups(2).map((group) => fit(toyModel(), options({ group, stopWhen: rules[group.rank]! }))),
    );
    for (const end of ends) expect(end).toMatchObject({ epoch: 2, interrupted: false, stopped: "enough" });
    const differing = await Promise.allSettled(
      localGroups(2).map((group) =>
        fit(toyModel(), options({ group, ...(group.rank === 0 && { stopWhen: afterTwo }) })),
      ),
    );
    for (const outcome of differing)
      expect(outcome).toMatchObject({
        reason: { message: expect.stringContaining("expected stopWhen of rank 1 to be that of rank 0") },
      });
  });

  test("refuses a rule that is no function, and an epoch that is none", async () => {
    await expect(fit(toyModel(), options({ stopWhen: 5 as never }))).rejects.toThrow(
      "expected stopWhen to be a function of an epoch's event, got 5; use for example earlyStopping(5)",
    );
    await expect(fit(toyModel(), options({ untilEpoch: 0 }))).rejects.toThrow(
      "expected untilEpoch to be a whole",
    );
  });
});
