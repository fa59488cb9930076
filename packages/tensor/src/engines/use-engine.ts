// Lists the engines that this machine can use, and selects one.

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
  type EngineOptions,
  type EngineStatus,
  engineNames,
} from "./engine.js";
import { packageEngine } from "./package.js";
import { probe } from "./probe.js";

// Each import is in a `try` block: esbuild and webpack then bundle a program in which the package is not installed, and the import fails when it runs.
const entries: readonly EngineEntry[] = [
  ...platformEngines,
  packageEngine(
    { name: "webgpu", tfjsName: "webgpu", gpu: true, mixed: true },
    "@mlpconv/engine-webgpu",
    async () => {
      try {
        return await import("@mlpconv/engine-webgpu");
      } catch (error) {
        return Promise.reject(error);
      }
    },
  ),
  packageEngine({ name: "wasm", tfjsName: "wasm", gpu: false }, "@mlpconv/engine-wasm", async () => {
    try {
      return await import("@mlpconv/engine-wasm");
    } catch (error) {
      return Promise.reject(error);
    }
  }),
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

/** Activates an engine's tfjs backend and checks that it computes. */
const start = async (
  { name, tfjsName, gpu, mixed, load }: EngineEntry,
  options: EngineOptions = {},
): Promise<Engine> => {
  if (options.precision === "mixed" && !mixed) {
    const able = entries.filter((entry) => entry.mixed).map((entry) => entry.name);
    throw new EngineError(name, "no-mixed", "has no mixed precision", `use ${able.join(" or ")}`);
  }
  const device = await load(options);
  checkKernels(tfjsName);
  const product = await quietly(async () =>
    (await tf.setBackend(tfjsName)) ? valuesOf(tf.tidy(() => tf.dot([1, 2], [3, 4]))) : undefined,
  ).catch((cause: Error) => {
    throw new EngineError(name, "failed", cause.message, "choose another engine", { cause });
  });
  if (product?.[0] !== 11) {
    const reason = product ? `1*3 + 2*4 gave ${product[0]}` : "its tfjs backend does not start";
    throw new EngineError(name, "failed", reason, "choose another engine");
  }
  return { name, tfjsName, gpu: gpu && (device.isHardware?.() ?? true), device: device.describe() };
};

/** The values of a tensor, which is disposed. */
const valuesOf = async (tensor: tf.Tensor): Promise<ArrayLike<number>> => {
  try {
    return await tensor.data();
  } finally {
    tensor.dispose();
  }
};

/** Runs `body` with PROD set: otherwise tfjs recommends tfjs-node on the terminal when its cpu backend is used in Node. */
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
 * Activates an engine.
 *
 * "auto" takes the first usable CPU engine in the order of `engineNames` or, if there is a usable GPU engine, the faster of the two at one
 * convolution. It skips engines that are not installed or lack a GPU silently, and broken ones with a warning. If only `cpu` is left, it
 * warns once per process and says which package to install.
 *
 * @param name an engine, or "auto"
 * @param options how it is started; "auto" takes only an engine that can be
 * @throws EngineError when the requested engine cannot be used, with the reason and a fix; also under "auto" when an
 * environment variable of an engine has an invalid value
 */
export const useEngine = async (
  name: EngineName | "auto" = "auto",
  options: EngineOptions = {},
): Promise<Engine> => {
  if (name !== "auto") {
    if (!engineNames.includes(name)) throw unknownEngine(name);
    return start(entryOf(name), options);
  }
  const gpu = await firstOf(engineNames.filter(forGpus), { suits: ({ gpu }) => gpu, options });
  const cpu = await firstOf(
    engineNames.filter((candidate) => !forGpus(candidate)),
    { options },
  );
  if (!gpu) return warnOfCpu(cpu ?? none(options));
  return cpu && mayBeatGpu.includes(cpu.name) ? fasterOf(gpu, cpu) : start(entryOf(gpu.name), options);
};

/** Problems of which "auto" does not warn. */
const silent: readonly EngineError["code"][] = ["not-installed", "no-gpu", "no-mixed"];

/** The first usable engine that `suits` accepts. */
const firstOf = async (
  names: readonly EngineName[],
  { suits = () => true, options = {} }: { suits?: (engine: Engine) => boolean; options?: EngineOptions } = {},
): Promise<Engine | undefined> => {
  for (const candidate of names) {
    try {
      const engine = await start(entryOf(candidate), options);
      if (suits(engine)) return engine;
    } catch (error) {
      // A wrong setting means that the user wants this engine, so another one must not be chosen silently.
      if (!(error instanceof EngineError) || error.code === "wrong-setting") throw error;
      if (!silent.includes(error.code)) console.warn(`warning: ${error.message}`);
    }
  }
  return undefined;
};

const forGpus = (name: EngineName): boolean => entryOf(name).gpu;

/** Engines that may be faster than a GPU. The others are slower than any GPU, and measuring them would take seconds. */
const mayBeatGpu: readonly EngineName[] = ["native", "tensorflow"];

/** Activates the faster of two engines. */
const fasterOf = async (gpu: Engine, cpu: Engine): Promise<Engine> => {
  const seconds = async ({ tfjsName }: Engine): Promise<number> => {
    await tf.setBackend(tfjsName);
    return probe();
  };
  // The GPU is measured last, so that it is already active if it is faster.
  const [onCpu, onGpu] = [await seconds(cpu), await seconds(gpu)];
  if (onGpu <= onCpu) return gpu;
  await tf.setBackend(cpu.tfjsName);
  return cpu;
};

let warnedOfCpu = false;

/** Warns once per process when the chosen engine is too slow for training. */
const warnOfCpu = (engine: Engine): Engine => {
  if (engine.name === "cpu" && !warnedOfCpu) {
    warnedOfCpu = true;
    console.warn(
      "warning: auto: expected an engine faster than cpu, got none; install @mlpconv/engine-wasm, or in Node @mlpconv/engine-native, the fastest",
    );
  }
  return engine;
};

const none = ({ precision }: EngineOptions = {}): never => {
  if (precision === "mixed")
    throw new EngineError("auto", "no-mixed", "no usable engine has mixed precision", "use full precision");
  throw new EngineError("auto", "failed", "no engine is usable, not even cpu", "reinstall @tensorflow/tfjs");
};

const unknownEngine = (name: string): EngineError => {
  const names = ["auto", ...engineNames];
  const nearest = names.reduce((a, b) => (distance(name, b) < distance(name, a) ? b : a));
  // A typing error changes up to two letters in five; two swapped letters count as two changes.
  const near = distance(name, nearest) <= Math.max(2, 0.4 * Math.max(name.length, nearest.length));
  return new EngineError(
    name,
    "unknown",
    `expected one of ${names.join(", ")}, got "${name}"`,
    near ? `did you mean "${nearest}"?` : "name one of them",
  );
};

/** The first usable GPU engine, otherwise the best CPU engine: d2l's `try_gpu()`. */
export const tryGpu = async (): Promise<Engine> => {
  return warnOfCpu(
    (await firstOf(engineNames.filter(forGpus), { suits: ({ gpu }) => gpu })) ??
      (await firstOf(engineNames.filter((name) => !forGpus(name)))) ??
      none(),
  );
};

/** All engines in order of preference, each usable or with the reason why not. The active engine stays active. */
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
