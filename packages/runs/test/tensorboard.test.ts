// Curves as TensorBoard itself reads them, also of runs that were killed and went on.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import {
  type CheckpointEvent,
  cosine,
  type EpochEvent,
  type LoggedEvent,
  sgd,
  type TrainEvent,
  type TrainOptions,
  train,
} from "@mlpconv/trainer";
import { PbfReader } from "pbf";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RunFolderError, tensorBoard } from "../src/node/index.js";

const python = process.platform === "win32" ? "python" : "python3";
const absent = spawnSync(python, ["-c", "import tensorboard"]).status !== 0;
const skipped = absent ? ` (skipped: ${python} cannot "import tensorboard"; pip install tensorboard)` : "";

let folder: string;
beforeEach(async () => {
  await useEngine("cpu");
  folder = mkdtempSync(join(tmpdir(), "tensorboard-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = (run: string) => readdirSync(join(folder, run)).toSorted();

/** What a run of two epochs of three steps tells. */
const eventsOfRun = async (): Promise<Exclude<TrainEvent, CheckpointEvent>[]> => {
  const options: TrainOptions = {
    train: toyLoader(12, 4),
    test: toyLoader(6, 6, 1),
    optimizer: sgd({ learningRate: 0.5 }),
    schedule: cosine(),
    epochs: 2,
  };
  const events: Exclude<TrainEvent, CheckpointEvent>[] = [];
  for await (const event of train(toyModel(), options)) if (event.type !== "checkpoint") events.push(event);
  return events;
};

const write = async (events: readonly LoggedEvent[]): Promise<void> => {
  const board = await tensorBoard(folder);
  for (const event of events) await board.record(event);
  await board.close();
};

type Points = [step: number, value: number][];
type Curves = Record<"train" | "test", Record<string, Points>>;

const float32 = (points: Points): Points => points.map(([step, value]) => [step, Math.fround(value)]);
/** What the events say that TensorBoard must show. */
const curvesOf = (events: LoggedEvent[]): Curves => {
  const steps = events.filter((event) => event.type === "step");
  const epochs = events.filter((event) => event.type === "epoch");
  return {
    train: {
      loss: float32(steps.map(({ step, loss }) => [step, loss])),
      accuracy: float32(steps.map(({ step, trainAccuracy }) => [step, trainAccuracy])),
      batch_loss: float32(steps.map(({ step, batchLoss }) => [step, batchLoss!])),
      learning_rate: float32(steps.map(({ step, learningRate }) => [step, learningRate])),
      examples_per_second: float32(steps.map(({ step, examplesPerSecond }) => [step, examplesPerSecond])),
    },
    test: {
      loss: float32(epochs.map(({ step, testLoss }) => [step, testLoss!])),
      accuracy: float32(epochs.map(({ step, testAccuracy }) => [step, testAccuracy!])),
    },
  };
};

/** Both of TensorBoard's readers, which must see the same. */
const readBack = async (): Promise<Curves> => {
  const script = join(import.meta.dirname, "tensorboard", "read_events.py");
  const { stdout } = await promisify(execFile)(python, [script, folder]);
  const { reader, server } = JSON.parse(stdout) as { reader: Curves; server: Curves };
  expect(server).toEqual(reader);
  return reader;
};

test("curves of averaged weights are written, and none where there are no averages", async () => {
  const events = await eventsOfRun();
  const tags = () => {
    const [file] = files("test");
    return [...readFileSync(join(folder, "test", file!), "latin1").matchAll(/average_(loss|accuracy)/g)]
      .length;
  };
  await write(events);
  expect(tags()).toBe(0);
  rmSync(join(folder, "test"), { recursive: true });
  await write(events.map((event) => ({ ...event, averageTestLoss: 1, averageTestAccuracy: 0.5 })));
  expect(tags()).toBe(4);
});

test("curves of images that are held out are a run of their own, and none is there without them", async () => {
  const events = await eventsOfRun();
  await write(events);
  expect(readdirSync(folder).toSorted()).toEqual(["test", "train"]);
  await write(events.map((event) => ({ ...event, validationLoss: 1, validationAccuracy: 0.5 })));
  const [file] = files("validation");
  const text = readFileSync(join(folder, "validation", file!), "latin1");
  expect([...text.matchAll(/loss|accuracy/g)]).toHaveLength(4);
});

describe.skipIf(absent)(`TensorBoard${skipped}`, () => {
  test("shows every point of a run", async () => {
    const events = await eventsOfRun();
    await write(events);
    const curves = await readBack();
    expect(curves).toEqual(curvesOf(events));
    expect(curves.train.loss!.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(curves.test.accuracy!.map(([step]) => step)).toEqual([3, 6]);
  });

  // The events: start, 1, 2, 3, epoch, 4, 5, 6, epoch, end.
  test.each([
    ["between two steps", 3, 4],
    ["steps after its checkpoint", 2, 7],
    ["an epoch after its checkpoint", 3, 9],
    ["before the test of an epoch", 4, 4],
    ["after a test that came after its checkpoint", 4, 5],
    ["between an epoch and the next", 5, 6],
    ["before its first checkpoint", 0, 4],
    ["before its end", 9, 9],
  ])("shows a run that was killed %s without gaps or repeats", async (_, kept, written) => {
    const events = await eventsOfRun();
    // What was written in vain differs, so that a point that should be gone shows.
    const inVain = events.slice(kept, written).map((event) => ({ ...event, loss: -1, testLoss: -1 }));
    await write([...events.slice(0, kept), ...inVain]);
    await write(events.slice(kept));
    expect(files("train")).toHaveLength(2);
    expect(await readBack()).toEqual(curvesOf(events));
  });

  test("shows a run that was killed in the middle of a record", async () => {
    const events = await eventsOfRun();
    await write(events.slice(0, 4));
    const path = join(folder, "train", files("train")[0]!);
    truncateSync(path, readFileSync(path).length - 5);
    await write(events.slice(3));
    expect(await readBack()).toEqual(curvesOf(events));
  });
});

/** The messages of a file, by the numbers of their fields; the framing's checksums are tf-record.test.ts's. */
const messagesOf = (path: string): Record<number, unknown>[] => {
  const bytes = readFileSync(path);
  const messages: Record<number, unknown>[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    messages.push(
      new PbfReader(bytes.subarray(at + 12, at + 12 + length)).readFields(
        (field, fields: Record<number, unknown>, pbf) => {
          if (field === 1) fields[field] = pbf.readDouble();
          else if (field === 2) fields[field] = pbf.readVarint();
          else if (field === 3) fields[field] = pbf.readString();
          else fields[field] = Buffer.from(pbf.readBytes()).toString("hex");
        },
        {},
      ),
    );
    at += 16 + length;
  }
  return messages;
};

test("a file contains the version, the session's start and a message for each step, from the first event on", async () => {
  const events = await eventsOfRun();
  const before = Date.now() / 1000;
  await write(events.slice(0, 2));
  const [name] = files("train");
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\../);
  const messages = messagesOf(join(folder, "train", name!));
  expect(messages.map(({ 1: time, ...rest }) => rest)).toEqual([
    { 2: 0, 3: "brain.Event:2" },
    { 2: 0, 7: "0801" },
    { 2: 1, 5: expect.stringContaining(Buffer.from("learning_rate").toString("hex")) },
  ]);
  for (const { 1: time } of messages) {
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() / 1000);
  }
});

test("a run that goes on within the second, or after the clock was set back, adds a file that is read later", async () => {
  await write([]);
  await write([]);
  const [first, second] = files("test");
  expect(Number(second!.split(".")[3])).toBe(Number(first!.split(".")[3]) + 1);
  writeFileSync(join(folder, "test", "events.out.tfevents.4000000000.host"), "");
  await write([]);
  expect(files("test").at(-1)).toMatch(/^events\.out\.tfevents\.4000000001\./);
});

test("a run without a test has no points in test", async () => {
  const [start, step, , , epoch] = await eventsOfRun();
  const { testLoss, testAccuracy, ...untested } = epoch as EpochEvent;
  await write([start!, step!, untested]);
  expect(messagesOf(join(folder, "test", files("test")[0]!))).toHaveLength(2);
});

test("a folder that cannot be written is an error that says so", async () => {
  writeFileSync(join(folder, "train"), "");
  await expect(tensorBoard(folder)).rejects.toThrow(RunFolderError);
  await expect(tensorBoard(folder)).rejects.toThrow(
    /^run: expected a folder that can be written, got a file or folder that is there already/,
  );
});
