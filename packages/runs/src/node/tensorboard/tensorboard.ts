// A run's curves as TensorBoard's event files. TensorBoard draws runs over each other, not tags: so train and test are two, as with Keras.
import { mkdir, open, readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { LoggedEvent, TrainEvent } from "@mlpconv/trainer";
import { writing } from "../folder-files.js";
import { scalarsMessage, sessionStartMessage, versionMessage } from "./tf-events.js";
import { tfRecord } from "./tf-record.js";

/** Two event files that are open for writing. */
export interface TensorBoard {
  /** Appends what the event has to draw, readable at once. */
  record(event: TrainEvent): Promise<void>;
  /** Closes the files, which stay. */
  close(): Promise<void>;
}

/**
 * Opens one new event file in `folder`/train and one in `folder`/test; `tensorboard --logdir` shows them while they grow.
 *
 * Tags by step: in train, after each step, `loss` (nats) and `accuracy` (0 to 1), both running means over the epoch, `learning_rate` and
 * `examples_per_second`; in test, after each epoch, `loss` and `accuracy`.
 *
 * A run that goes on adds files to the folder, and TensorBoard drops what the earlier ones have beyond the place where it went on.
 *
 * @param folder the run's
 * @throws RunFolderError when the files cannot be made; so does record() when the disk refuses
 */
export const tensorBoard = async (folder: string): Promise<TensorBoard> => {
  const train = await openEventFile(join(folder, "train"));
  const test = await openEventFile(join(folder, "test")).catch(async (error) => {
    await train.close();
    throw error;
  });
  let begun = false;
  const begin = async (event: LoggedEvent): Promise<void> => {
    begun = true;
    const { train: trained, test: tested } = firstSteps(event);
    await train.append(sessionStartMessage(trained));
    await test.append(sessionStartMessage(tested));
  };
  return {
    record: async (event) => {
      if (event.type === "checkpoint") return;
      if (!begun) await begin(event);
      if (event.type === "step") {
        const { step, loss, trainAccuracy: accuracy, learningRate, examplesPerSecond } = event;
        await train.append(
          scalarsMessage(step, {
            loss,
            accuracy,
            learning_rate: learningRate,
            examples_per_second: examplesPerSecond,
          }),
        );
      } else if (event.type === "epoch" && event.testLoss !== undefined) {
        await test.append(
          scalarsMessage(event.step, { loss: event.testLoss, accuracy: event.testAccuracy! }),
        );
      }
    },
    close: async () => {
      await train.close();
      await test.close();
    },
  };
};

/** The first step that each file will tell of, from the first event: one that was stopped between a step and its test goes on with the test. */
const firstSteps = (event: LoggedEvent): { train: number; test: number } => {
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
    await mkdir(folder, { recursive: true });
    return open(join(folder, `${PREFIX}${await nextTime(folder)}.${hostname()}`), "ax");
  });
  const append = (message: Uint8Array) => writing(() => file.appendFile(tfRecord(message)));
  await append(versionMessage());
  return { append, close: () => file.close() };
};

const PREFIX = "events.out.tfevents.";

/** Unix time in seconds, but after every file that is there: TensorBoard reads files in the order of their names. */
const nextTime = async (folder: string): Promise<number> => {
  const times = (await readdir(folder)).flatMap((name) => {
    const time = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    return Number.isSafeInteger(time) ? [time] : [];
  });
  return Math.max(Math.floor(Date.now() / 1000), ...times.map((time) => time + 1));
};
