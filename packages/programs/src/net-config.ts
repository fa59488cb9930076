// config.json of a run's folder: what of it another program needs to build the net again and to show it images.
import { readFile } from "node:fs/promises";
import type { ModelName } from "@mlpconv/models";
import { modelNames } from "./choices.js";

/** How a net is built, beside its input shape and seed. */
export interface Net {
  /** Divides the channels. Only `ninMnist`, `ninCifar` and the VGGs have it. */
  ratio?: number;
  /** ReLU after the last convolution as well: then logits are never negative. Only the NiNs have it. */
  lastRelu?: boolean;
  /** 1x1 convolutions in each block; absent: two. Only `nin` has it. */
  pointwise?: number;
  /** Absent: the net's own, 0.5. */
  dropout?: number;
  init: { weights: "he" | "xavier" | "dirac"; biases: "zeros" | "pytorch" };
}

export interface NetConfig {
  model: ModelName;
  /** Side of the images in pixels. */
  resize: number;
  net: Omit<Net, "init">;
  normalize: boolean;
  batchSize: number;
  seed: number;
}

/** A config.json that `train` did not write, or that was broken since. */
export class NetConfigError extends Error {
  override readonly name = "NetConfigError";
}

/** @throws NetConfigError naming the file and the first entry that is not as it should be */
export const readNetConfig = async (path: string): Promise<NetConfig> => {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const got = (cause as Error).message;
    throw new NetConfigError(`${path}: expected the JSON that train wrote, got: ${got}`, { cause });
  }
  return checkNetConfig(value, path);
};

export const checkNetConfig = (value: unknown, where: string): NetConfig => {
  const expect = (holds: boolean, expected: string, got: unknown) => {
    if (holds) return;
    const shown = JSON.stringify(got)?.slice(0, 100) ?? "none";
    throw new NetConfigError(`${where}: expected ${expected}, got ${shown}; train the run again`);
  };
  expect(isObject(value), "an object", value);
  const { model, resize, net, normalize, batchSize, seed } = value as Unchecked<NetConfig>;
  expect(modelNames.includes(model as ModelName), `model to be one of ${modelNames.join(", ")}`, model);
  expect(isWhole(resize, 1, 1024), "resize to be a whole number from 1 to 1024", resize);
  expect(isObject(net), "net to be an object", net);
  const { ratio, lastRelu, pointwise, dropout } = net as Unchecked<Net>;
  expect(ratio === undefined || (isNumber(ratio) && ratio > 0), "net.ratio to be a number above 0", ratio);
  expect(
    lastRelu === undefined || typeof lastRelu === "boolean",
    "net.lastRelu to be true or false",
    lastRelu,
  );
  expect(
    pointwise === undefined || isWhole(pointwise, 0, 4),
    "net.pointwise to be a whole number from 0 to 4",
    pointwise,
  );
  expect(
    dropout === undefined || (isNumber(dropout) && dropout >= 0 && dropout < 1),
    "net.dropout to be a number from 0 to below 1",
    dropout,
  );
  expect(typeof normalize === "boolean", "normalize to be true or false", normalize);
  expect(isWhole(batchSize, 1, 60_000), "batchSize to be a whole number from 1 to 60000", batchSize);
  expect(isWhole(seed, 0, Number.MAX_SAFE_INTEGER), "seed to be a whole number from 0 up", seed);
  const shape = withoutUndefined({ ratio, lastRelu, pointwise, dropout });
  return { model, resize, net: shape, normalize, batchSize, seed } as NetConfig;
};

const withoutUndefined = (entries: object) =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

type Unchecked<T> = { [K in keyof T]?: unknown };

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isWhole = (value: unknown, from: number, to: number) =>
  Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;
