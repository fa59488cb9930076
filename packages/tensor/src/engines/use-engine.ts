// The engines that this machine can use, and how one is chosen.

import { distance } from "fastest-levenshtein";
import { platformEngines } from "#engines";
import { checkKernels } from "../check-kernels.js";
import { correctCpuKernels } from "../cpu-pooling.js";
import { tf } from "../tf.js";
import {
  type Engine,
  type EngineEntry,
  EngineError,
  type EngineName,
  type EngineStatus,
  engineNames,
} from "./engine.js";
import { packageEngine } from "./package.js";
import { probe } from "./probe.js";

const entries: readonly EngineEntry[] = [
  ...platformEngines,
  packageEngine(
    { name: "webgpu", tfjsName: "webgpu", gpu: true },
    "@mlpconv/engine-webgpu",
    () => import("@mlpconv/engine-webgpu"),
  ),
  packageEngine(
    { name: "wasm", tfjsName: "wasm", gpu: false },
    "@mlpconv/engine-wasm",
    () => import("@mlpconv/engine-wasm"),
  ),
  {
    name: "cpu",
    tfjsName: "cpu",
    gpu: false,
    load: async () => {
      correctCpuKernels();
      return { describe: () => "plain JavaScript, one thread: the reference, hundreds of times slower" };
    },
  },
];

const entryOf = (name: EngineName): EngineEntry => entries.find((entry) => entry.name === name)!;

/** Makes the engine tfjs's current backend and checks that it computes. */
const start = async ({ name, tfjsName, gpu, load }: EngineEntry): Promise<Engine> => {
  const device = await load();
  checkKernels(tfjsName);
  const product = await quietly(async () =>
    (await tf.setBackend(tfjsName)) ? tf.tidy(() => tf.dot([1, 2], [3, 4])).data() : undefined,
  ).catch((cause: Error) => {
    throw new EngineError(name, "failed", cause.message, "choose another engine", { cause });
  });
  if (product?.[0] !== 11) {
    const reason = product ? `1*3 + 2*4 gave ${product[0]}` : "its tfjs backend does not start";
    throw new EngineError(name, "failed", reason, "choose another engine");
  }
  return { name, tfjsName, gpu: gpu && (device.isHardware?.() ?? true), device: device.describe() };
};

/** tfjs prints an advertisement for tfjs-node when its cpu backend is used under Node, unless PROD is set. */
const quietly = async <T>(body: () => Promise<T>): Promise<T> => {
  const production = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  try {
    return await body();
  } finally {
    tf.env().set("PROD", production);
  }
};

/**
 * Makes an engine the one that computes.
 *
 * @param name an engine, or "auto": the first usable one for the CPU in the order of `engineNames` or, where there is a GPU, the faster of the two at one
 * convolution. Under "auto" an engine that is not installed or has no GPU is passed over in silence, one that is installed but broken with a warning. One warning a
 * process says which package to install where only `cpu` is left.
 * @throws EngineError when the named engine cannot be used here, with the reason and the fix; under "auto" too when an environment variable of
 * an engine has a value that cannot be
 */
export const useEngine = async (name: EngineName | "auto" = "auto"): Promise<Engine> => {
  if (name !== "auto") {
    if (!engineNames.includes(name)) throw unknownEngine(name);
    return start(entryOf(name));
  }
  const gpu = await firstOf(engineNames.filter(forGpus), ({ gpu }) => gpu);
  const cpu = await firstOf(engineNames.filter((candidate) => !forGpus(candidate)));
  if (!gpu) return warnOfCpu(cpu ?? none());
  return cpu && mayBeatGpu.includes(cpu.name) ? fasterOf(gpu, cpu) : start(entryOf(gpu.name));
};

/** The first usable one that `suits`. */
const firstOf = async (
  names: readonly EngineName[],
  suits: (engine: Engine) => boolean = () => true,
): Promise<Engine | undefined> => {
  for (const candidate of names) {
    try {
      const engine = await start(entryOf(candidate));
      if (suits(engine)) return engine;
    } catch (error) {
      // A wrong setting means that this engine is wanted: choosing another one would be a surprise.
      if (!(error instanceof EngineError) || error.code === "wrong-setting") throw error;
      if (error.code !== "not-installed" && error.code !== "no-gpu")
        console.warn(`warning: ${error.message}`);
    }
  }
  return undefined;
};

const forGpus = (name: EngineName): boolean => entryOf(name).gpu;

/** The others are slower than any GPU, and would take seconds to show it. */
const mayBeatGpu: readonly EngineName[] = ["native", "tensorflow"];

/** Makes the engine current that is faster. */
const fasterOf = async (gpu: Engine, cpu: Engine): Promise<Engine> => {
  const seconds = async ({ tfjsName }: Engine): Promise<number> => {
    await tf.setBackend(tfjsName);
    return probe();
  };
  // The GPU last: if it is the faster one, it is current already.
  const [onCpu, onGpu] = [await seconds(cpu), await seconds(gpu)];
  if (onGpu <= onCpu) return gpu;
  await tf.setBackend(cpu.tfjsName);
  return cpu;
};

let warnedOfCpu = false;

/** Warns, once a process, that the engine chosen is the one that is too slow to train on. */
const warnOfCpu = (engine: Engine): Engine => {
  if (engine.name === "cpu" && !warnedOfCpu) {
    warnedOfCpu = true;
    console.warn(
      "warning: auto: expected an engine faster than cpu, got none; install @mlpconv/engine-wasm, or in Node @mlpconv/engine-native, the fastest",
    );
  }
  return engine;
};

const none = (): never => {
  throw new EngineError("auto", "failed", "no engine is usable, not even cpu", "reinstall @tensorflow/tfjs");
};

const unknownEngine = (name: string): EngineError => {
  const names = ["auto", ...engineNames];
  const nearest = names.reduce((a, b) => (distance(name, b) < distance(name, a) ? b : a));
  // Typing errors change up to two letters in five; two letters that changed places count as two changes.
  const near = distance(name, nearest) <= Math.max(2, 0.4 * Math.max(name.length, nearest.length));
  return new EngineError(
    name,
    "unknown",
    `expected one of ${names.join(", ")}, got "${name}"`,
    near ? `did you mean "${nearest}"?` : "name one of them",
  );
};

/** The first usable GPU engine, else the best one on the CPU: d2l's `try_gpu()`. */
export const tryGpu = async (): Promise<Engine> => {
  return warnOfCpu(
    (await firstOf(engineNames.filter(forGpus), ({ gpu }) => gpu)) ??
      (await firstOf(engineNames.filter((name) => !forGpus(name)))) ??
      none(),
  );
};

/** Every engine, usable or not and why, in the order of preference. The current one stays current. */
export const engines = async (): Promise<EngineStatus[]> => {
  const current = tf.getBackend();
  const statuses: EngineStatus[] = [];
  for (const name of engineNames) {
    const { tfjsName, gpu } = entryOf(name);
    try {
      statuses.push({ ...(await start(entryOf(name))), usable: true });
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === "unknown") throw error;
      statuses.push({
        name,
        tfjsName,
        gpu,
        usable: false,
        code: error.code,
        reason: error.reason,
        fix: error.fix,
      });
    }
  }
  if (current) await tf.setBackend(current);
  return statuses;
};
