// A run's curves as TensorBoard event files. TensorBoard overlays runs, not tags, so train and test are two runs, as in Keras.
import { open, readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ChangeEvent, EpochEvent, LoggedEvent, TrainEvent } from "@mlpconv/trainer";
import { makeFolder } from "@mlpconv/weights/node";
import { writing } from "../folder-files.js";
import { scalarsMessage, sessionStartMessage, versionMessage } from "./tf-events.js";
import { tfRecord } from "./tf-record.js";

/** Event files that are open for writing. */
export interface TensorBoard {
  /** Appends the values of an event, readable at once. */
  record(event: TrainEvent | ChangeEvent): Promise<void>;
  /** Closes the files. */
  close(): Promise<void>;
}

/**
 * Opens one new event file in `folder`/train and one in `folder`/test; `tensorboard --logdir` shows them while they grow.
 *
 * Tags by step: in train, after each step, `loss` (nats) and `accuracy` (0 to 1), both running means over the epoch, `batch_loss`,
 * `learning_rate` and `examples_per_second`; in test, after each epoch, `loss` and `accuracy`, and `average_loss` and `average_accuracy` where the
 * optimizer keeps averages of the weights. `folder`/validation has the same tags for images that are held out, and is absent where there are none.
 *
 * A resumed run adds files to the folder, and TensorBoard drops values of earlier files from the resumed step on.
 *
 * @param folder the run's folder
 * @throws RunFolderError when the files cannot be created; `record` throws it when writing fails
 */
export const tensorBoard = async (folder: string): Promise<TensorBoard> => {
  const train = await openEventFile(join(folder, "train"));
  const test = await openEventFile(join(folder, "test")).catch(async (error) => {
    await train.close();
    throw error;
  });
  // Opened by the first event that has figures for it.
  let validation: EventFile | undefined;
  let first: FirstSteps | undefined;
  const begin = async (event: Exclude<LoggedEvent, ChangeEvent>): Promise<FirstSteps> => {
    const steps = firstSteps(event);
    await train.append(sessionStartMessage(steps.train));
    await test.append(sessionStartMessage(steps.test));
    return steps;
  };
  const appendValidation = async (
    { step, validationLoss: loss, validationAccuracy: accuracy, ...event }: EpochEvent,
    { test: from }: FirstSteps,
  ): Promise<void> => {
    if (loss === undefined) return;
    if (!validation) {
      validation = await openEventFile(join(folder, "validation"));
      await validation.append(sessionStartMessage(from));
    }
    const averages = averagesOf(event.averageValidationLoss, event.averageValidationAccuracy);
    await validation.append(scalarsMessage(step, { loss, accuracy: accuracy!, ...averages }));
  };
  return {
    record: async (event) => {
      if (event.type === "checkpoint" || event.type === "change") return;
      first ??= await begin(event);
      if (event.type === "step") {
        const { step, loss, trainAccuracy: accuracy, batchLoss, learningRate, examplesPerSecond } = event;
        await train.append(
          scalarsMessage(step, {
            loss,
            accuracy,
            ...(batchLoss !== undefined && { batch_loss: batchLoss }),
            learning_rate: learningRate,
            examples_per_second: examplesPerSecond,
          }),
        );
      } else if (event.type === "epoch") {
        const { step, testLoss, testAccuracy } = event;
        const averages = averagesOf(event.averageTestLoss, event.averageTestAccuracy);
        if (testLoss !== undefined)
          await test.append(scalarsMessage(step, { loss: testLoss, accuracy: testAccuracy!, ...averages }));
        await appendValidation(event, first);
      }
    },
    close: async () => {
      await train.close();
      await test.close();
      await validation?.close();
    },
  };
};

const averagesOf = (loss: number | undefined, accuracy: number | undefined) =>
  loss === undefined || accuracy === undefined ? {} : { average_loss: loss, average_accuracy: accuracy };

interface FirstSteps {
  train: number;
  /** First step in the files of test and of validation figures. */
  test: number;
}

/** The first step in each file, from the first event. A run that was stopped between a step and its test continues with the test. */
const firstSteps = (event: Exclude<LoggedEvent, ChangeEvent>): FirstSteps => {
  if (event.type === "start") return { train: 0, test: 0 };
  const { step } = event;
  return { train: event.type === "step" ? step : step + 1, test: event.type === "end" ? step + 1 : step };
};

interface EventFile {
  append(message: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const openEventFile = async (folder: string): Promise<EventFile> => {
  const file = await writing(async () => {
    await makeFolder(folder);
    return open(join(folder, `${PREFIX}${await nextTime(folder)}.${hostname()}`), "ax");
  });
  const append = (message: Uint8Array) => writing(() => file.appendFile(tfRecord(message)));
  await append(versionMessage());
  return { append, close: () => file.close() };
};

const PREFIX = "events.out.tfevents.";

/** Unix time in seconds, raised above that of every existing file: TensorBoard reads files in the order of their names. */
const nextTime = async (folder: string): Promise<number> => {
  const times = (await readdir(folder)).flatMap((name) => {
    const time = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    return Number.isSafeInteger(time) ? [time] : [];
  });
  return Math.max(Math.floor(Date.now() / 1000), ...times.map((time) => time + 1));
};
