// The session: an engine, a data set, and networks that are trained in turns and looked at in between. In a page it lives in a Worker.
import { type Dataset, firstOfEachClass, imagesAt } from "@mlpconv/datasets";
import { type Engine, useEngine } from "@mlpconv/tensor";
import { DivergedError, nextTask } from "@mlpconv/trainer";
import { answersOf } from "./answers.js";
import { loadData } from "./data/load-data.js";
import { checkFits, describeSettings, factsOf } from "./facts.js";
import { checkPixels } from "./inputs.js";
import { layerOutputs } from "./layer-outputs.js";
import { lookAt } from "./look-at.js";
import { checkSettings, Network } from "./network.js";
import { pixelAsSample } from "./pixel-as-sample.js";
import { reopen } from "./reopen.js";
import type { NetworkSettings, Opened, Progress, Session, TrainingState } from "./session.js";
import { createTurns } from "./turns.js";
import { filesOf, loadWeights } from "./weight-files.js";

type OnProgress = (progress: Progress) => void;

/** One call of `train` or `step`. */
interface Run {
  onProgress: OnProgress;
  isPausing(): boolean;
  /** Whether so many rounds are all that was asked for. */
  isEnough(rounds: number): boolean;
}

export const createSession = (): Session => {
  const turns = createTurns();
  let engine: Engine | undefined;
  let data: Dataset | undefined;
  let networks: Network[] = [];
  let watched: readonly number[] = [];
  /** The training that was started last. */
  let running: { state: Promise<TrainingState>; pausing: boolean } | undefined;
  /** The last call that changes networks: training that is started meanwhile begins after it. */
  let changing: Promise<unknown> = Promise.resolve();
  /** The network whose step is next. */
  let turn = 0;
  /** Whether the engine has failed, so that it must be started anew. */
  let failed = false;

  const opened = (where: string): Dataset => {
    if (data && networks.length > 0) return data;
    throw new Error(`${where}: expected an open session, got none; open an engine, data and networks first`);
  };
  const networkOf = (where: string, index: number): Network => {
    opened(where);
    const network = networks[index];
    if (network) return network;
    throw new RangeError(`${where}: expected a network from 0 to ${networks.length - 1}, got ${index}`);
  };
  const checkIndices = (where: string, indices: readonly number[]): void => {
    const count = opened(where).test.shape[0];
    const wrong = indices.find((i) => !Number.isInteger(i) || i < 0 || i >= count);
    if (wrong !== undefined)
      throw new RangeError(`${where}: expected indices of test images from 0 to ${count - 1}, got ${wrong}`);
  };
  /** Work on the engine; an error of its own is remembered. */
  const onEngine = <T>(work: () => Promise<T>): Promise<T> =>
    turns.take(async () => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DivergedError)) failed = true;
        throw error;
      }
    });

  /** Trains a network for a step, and through the test after the last step of an epoch. @returns false if it was paused in that test */
  const advance = async (index: number, run: Run): Promise<boolean> => {
    const network = networks[index]!;
    while (!network.over) {
      try {
        const event = await onEngine(() => network.advance());
        if (event) run.onProgress({ network: index, ...event });
        if (event?.type === "step" && event.stepInEpoch < network.stepsPerEpoch) return true;
        if (event?.type === "epoch" && event.epoch < network.settings.epochs) return true;
        // Without an event it was a batch of test images, of which there may be many.
        if (!event && run.isPausing()) return false;
      } catch (error) {
        run.onProgress({ network: index, type: "error", message: messageOf(error) });
      }
      // Lets calls in, on engines that compute without a pause.
      await nextTask();
    }
    return true;
  };

  /** Trains in rounds, in each of which each network takes a step. */
  const trainRounds = async (run: Run): Promise<TrainingState> => {
    for (let rounds = 0; ; ) {
      if (networks.every(({ over }) => over)) return "ended";
      if (turn === 0 && (run.isPausing() || run.isEnough(rounds))) return "paused";
      if (!(await advance(turn, run))) return "paused";
      turn = (turn + 1) % networks.length;
      if (turn === 0) rounds++;
      await nextTask();
    }
  };

  const start = (where: string, onProgress: OnProgress, isEnough: Run["isEnough"]) => {
    const before = running;
    if (before && !before.pausing)
      throw new Error(`${where}: expected networks that are paused, got networks in training; pause first`);
    const state: Promise<TrainingState> = Promise.all([before?.state.catch(() => {}), changing])
      .then(() => {
        opened(where);
        return trainRounds({ onProgress, isEnough, isPausing: () => started.pausing });
      })
      .finally(() => {
        if (running === started) running = undefined;
      });
    const started = { state, pausing: false };
    running = started;
    return state;
  };

  const pause = async (): Promise<void> => {
    if (!running) return;
    running.pausing = true;
    // An error is told to the one who started training.
    await running.state.catch(() => {});
  };

  /** Pauses, and then changes networks. */
  const change = <T>(work: () => Promise<T>): Promise<T> => {
    const paused = pause();
    const done = changing.then(() => paused).then(() => turns.take(work));
    changing = done.catch(() => {});
    return done;
  };

  const close = async (): Promise<void> => {
    for (const network of networks) await network.dispose();
    networks = [];
    turn = 0;
  };

  const openNetworks = async (settings: readonly NetworkSettings[], of: Dataset): Promise<void> => {
    if (settings.length === 0) throw new Error("open: expected at least one network, got none");
    for (const one of settings) await checkFits("open", checkSettings("open", one), of);
    for (const one of settings) {
      networks.push(new Network(one, of));
      await nextTask();
    }
  };

  return {
    open: ({ engine: name, data: request, networks: settings }, onLoading = () => {}) =>
      change(async (): Promise<Opened> => {
        await close();
        if (failed && engine) await reopen(engine);
        failed = false;
        engine = await useEngine(name);
        if (request) {
          data = undefined;
          data = await loadData(request, onLoading);
        }
        if (!data) throw new Error("open: expected data, got none; say which images to train on");
        try {
          await openNetworks(settings, data);
        } catch (error) {
          await close();
          throw error;
        }
        watched = firstOfEachClass(data.test);
        const { train, test, name: dataName, classes, shape, mean, std, background } = data;
        return {
          engine: { name: engine.name, device: engine.device },
          data: {
            ...{ name: dataName, classes, shape, mean, std },
            ...(background && { background }),
            train: train.shape[0],
            test: test.shape[0],
          },
          networks: networks.map((network) => factsOf(network.model, network.settings)),
          stepsPerEpoch: networks.map(({ stepsPerEpoch }) => stepsPerEpoch),
        };
      }),
    describe: async (settings, of) => {
      const known = checkSettings("describe", settings);
      return turns.take(() => describeSettings(known, of));
    },
    train: async (onProgress) => start("train", onProgress, () => false),
    pause,
    step: async (onProgress) => start("step", onProgress, (rounds) => rounds > 0),
    reset: () =>
      change(async () => {
        opened("reset");
        for (const network of networks) await network.reset();
        turn = 0;
      }),
    watch: async (indices) => {
      checkIndices("watch", indices);
      watched = [...indices];
    },
    look: async (index) => {
      networkOf("look", index);
      return onEngine(async () => ({
        network: index,
        ...(await lookAt(networkOf("look", index), opened("look"), watched)),
      }));
    },
    images: async (indices) => {
      checkIndices("images", indices);
      const { test } = opened("images");
      return { pixels: await imagesAt(test, indices), labels: indices.map((i) => test.labels[i]!) };
    },
    classify: async (index, pixels) => {
      networkOf("classify", index);
      checkPixels("classify", pixels, opened("classify"));
      return onEngine(async () => {
        const answers = await answersOf("classify", networkOf("classify", index), opened("classify"), pixels);
        return answers[0]!;
      });
    },
    layers: async (index, pixels) => {
      networkOf("layers", index);
      checkPixels("layers", pixels, opened("layers"));
      return onEngine(() => layerOutputs(networkOf("layers", index), opened("layers"), pixels));
    },
    pixelAsSample: async (index, pixels, at) => {
      networkOf("pixelAsSample", index);
      checkPixels("pixelAsSample", pixels, opened("pixelAsSample"));
      if (!at.every((share) => share >= 0 && share < 1))
        throw new RangeError(`pixelAsSample: expected shares from 0 to below 1, got ${at.join(", ")}`);
      return onEngine(() =>
        pixelAsSample(networkOf("pixelAsSample", index), opened("pixelAsSample"), pixels, at),
      );
    },
    save: async (index, format) => {
      networkOf("save", index);
      return onEngine(() => filesOf(networkOf("save", index), opened("save"), format));
    },
    load: (index, safetensors) =>
      change(async () => {
        const network = networkOf("load", index);
        const fresh = loadWeights(network, safetensors);
        await network.restart();
        return fresh;
      }),
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
