// Every net under its name: the keys are the type, so a name that compiles exists.
import type { tf } from "@mlpconv/tensor";
import { alexnet } from "./alexnet.js";
import { lenet } from "./lenet.js";
import { nin } from "./nin.js";
import { ninCifar } from "./nin-cifar.js";
import { ninMnist } from "./nin-mnist.js";
import { type VggOptions, vgg } from "./vgg.js";

type FixedVggOptions = Omit<VggOptions, "depth">;

/**
 * Every net by its name; VGG has a name for each depth. Each takes options and gives a `tf.LayersModel` whose output is logits, [batch, classes].
 */
export const models = {
  nin,
  ninMnist,
  ninCifar,
  lenet,
  alexnet,
  vgg11: (options?: FixedVggOptions): tf.LayersModel => vgg({ ...options, depth: 11 }),
  vgg13: (options?: FixedVggOptions): tf.LayersModel => vgg({ ...options, depth: 13 }),
  vgg16: (options?: FixedVggOptions): tf.LayersModel => vgg({ ...options, depth: 16 }),
  vgg19: (options?: FixedVggOptions): tf.LayersModel => vgg({ ...options, depth: 19 }),
} as const;

/** A net's name, as `--model` and `models` have it. */
export type ModelName = keyof typeof models;

/** Every network's name. */
export const modelNames = Object.keys(models) as ModelName[];
