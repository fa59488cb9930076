import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type tf, useEngine } from "@mlpconv/tensor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toyLoader, toyModel } from "../../test/toy.js";
import { adam, type CheckpointEvent, fit, type Optimizer, sgd, type TrainEvent, train } from "../index.js";
import { createRun, RunFolderError, resumeRun } from "./index.js";

let parent: string;
let folder: string;
beforeEach(async () => {
  await useEngine("cpu");
  parent = mkdtempSync(join(tmpdir(), "run-"));
  folder = join(parent, "run");
});
afterEach(() => rmSync(parent, { recursive: true }));

const data = { train: toyLoader(40, 7), test: toyLoader(10, 4, 1), epochs: 3 };
const optimizers: [string, () => Optimizer][] = [
  ["sgd", () => sgd({ learningRate: 0.5 })],
  ["momentum", () => sgd({ learningRate: 0.5, momentum: 0.9 })],
  ["adam", () => adam({ learningRate: 0.1 })],
];
const bits = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const timeless = ({ type, ...event }: TrainEvent) => ({ ...event, type, seconds: 0, examplesPerSecond: 0 });

/** Trains into the run's folder until the checkpoint of that step, as a program would that is killed then. */
const trainUntil = async (step: number, optimizer: Optimizer): Promise<void> => {
  const run = await createRun(folder, {});
  const model = toyModel();
  for await (const event of train(model, { ...data, optimizer, checkpoint: { steps: 2 } })) {
    await run.record(event);
    if (event.type !== "checkpoint") continue;
    await run.saveCheckpoint(model, optimizer, event.position);
    if (event.position.step >= step) break;
  }
  await run.close();
};

test.each(optimizers)("a run goes on to the bit with %s, from any step", async (_, makeOptimizer) => {
  const whole = toyModel();
  await fit(whole, { ...data, optimizer: makeOptimizer() });

  for (const step of [2, 6, 12, 18]) {
    await trainUntil(step, makeOptimizer());
    const run = await resumeRun(folder, () => expect.unreachable());
    const model = toyModel();
    const optimizer = makeOptimizer();
    run.checkpoint!.restore(model, optimizer);
    await run.close();
    await fit(model, { ...data, optimizer, resume: run.checkpoint!.position });
    expect(bits(model)).toEqual(bits(whole));
    rmSync(folder, { recursive: true });
  }
});

test("the log goes on where the checkpoint was made, as if nothing had happened", async () => {
  const expected: object[] = [];
  for await (const event of train(toyModel(), { ...data, optimizer: sgd({ learningRate: 0.5 }) }))
    expected.push(timeless(event));

  const optimizer = sgd({ learningRate: 0.5 });
  await trainUntil(8, optimizer);
  const run = await resumeRun(folder, () => expect.unreachable());
  const model = toyModel();
  run.checkpoint!.restore(model, optimizer);
  const events: TrainEvent[] = [...run.events];
  for await (const event of train(model, { ...data, optimizer, resume: run.checkpoint!.position }))
    events.push(event);
  await run.close();
  expect(events.map(timeless)).toEqual(expected);
});

test("checkpoints come after so many steps, after each epoch and when interrupted", async () => {
  const positions: CheckpointEvent["position"][] = [];
  const controller = new AbortController();
  const options = { ...data, optimizer: sgd({ learningRate: 0.1 }), checkpoint: { steps: 4 } };
  for await (const event of train(toyModel(), { ...options, signal: controller.signal })) {
    if (event.type === "checkpoint") positions.push(event.position);
    if (event.type === "step" && event.step === 9) controller.abort();
  }
  expect(positions.map(({ step, epochs, stepInEpoch }) => [step, epochs, stepInEpoch])).toEqual([
    [4, 0, 4],
    [6, 1, 0],
    [8, 1, 2],
    [9, 1, 3],
  ]);
});

test("a checkpoint of another model is refused by name", async () => {
  await trainUntil(2, sgd({ learningRate: 0.1 }));
  const run = await resumeRun(folder, () => {});
  await run.close();
  expect(() => run.checkpoint!.restore(toyModel(3), sgd({ learningRate: 0.1 }))).toThrow(
    /resume: expected .*state.safetensors to hold this model and optimiser, got other tensors: weights.0, weights.1/,
  );
  expect(() => run.checkpoint!.restore(toyModel(), sgd({ learningRate: 0.1, momentum: 0.5 }))).toThrow(
    /other tensors: velocity.0/,
  );
});

test("a disk that refuses a checkpoint is an error that says how to go on, and the last one stays", async () => {
  await trainUntil(4, sgd({ learningRate: 0.1 }));
  const run = await resumeRun(folder, () => {});
  mkdirSync(join(folder, "state.next.safetensors", "in-the-way"), { recursive: true });
  const model = toyModel();
  await expect(
    run.saveCheckpoint(model, sgd({ learningRate: 0.1 }), run.checkpoint!.position),
  ).rejects.toThrow(
    /checkpoint: expected .*run to take a file, got a folder where a file should be .*go on with --resume/,
  );
  await run.close();
  const again = await resumeRun(folder, () => expect.unreachable());
  expect(again.checkpoint?.position.step).toBe(4);
  await again.close();
});

test("the lock of a dead process is taken over, that of a living one is not", async () => {
  const run = await createRun(folder, {});
  await expect(resumeRun(folder, () => {})).rejects.toThrow(RunFolderError);
  await run.close();
  writeFileSync(join(folder, ".lock"), JSON.stringify({ pid: 2 ** 22 + 12345, host: hostname() }));
  const taken = await Promise.allSettled([1, 2, 3].map(() => resumeRun(folder, () => {})));
  const winners = taken.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(winners).toHaveLength(1);
  await winners[0]!.close();
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("fit takes no notice of checkpoints", async () => {
  const end = await fit(toyModel(), {
    ...data,
    optimizer: sgd({ learningRate: 0.1 }),
    checkpoint: { steps: 1 },
  });
  expect(end.type).toBe("end");
});
