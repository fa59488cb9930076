// All networks by name.
import type { tf } from "@mlpconv/tensor";
import { alexnet } from "./alexnet.js";
import { densenet } from "./densenet.js";
import { googlenet } from "./googlenet.js";
import { lenet } from "./lenet.js";
import { nin } from "./nin.js";
import { ninBn } from "./nin-bn.js";
import { ninCifar } from "./nin-cifar.js";
import { ninMnist } from "./nin-mnist.js";
import { type ResnetOptions, resnet } from "./resnet.js";
import { type VggOptions, vgg } from "./vgg.js";

type FixedResnetOptions = Omit<ResnetOptions, "depth">;
type FixedVggOptions = Omit<VggOptions, "depth">;

/**
 * Builders of all networks by name; each depth of VGG and ResNet has its own. A builder takes options and returns a `tf.LayersModel` whose output is
 * logits, [batch, classes].
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
  ninBn,
  googlenet,
  resnet18: (options?: FixedResnetOptions): tf.LayersModel => resnet({ ...options, depth: 18 }),
  resnet34: (options?: FixedResnetOptions): tf.LayersModel => resnet({ ...options, depth: 34 }),
  densenet,
} as const;

/** Name of a network, for `--model` and `models`. */
export type ModelName = keyof typeof models;

/** All names of networks. */
export const modelNames = Object.keys(models) as ModelName[];
