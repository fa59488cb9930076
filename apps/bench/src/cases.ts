// Benchmark cases: each model with a usual image size and batch size. Names are the same as in peers/nets.py.
import { alexnet, densenet, googlenet, lenet, nin, ninBn, ninMnist, resnet, vgg } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";

export interface Case {
  build: () => tf.LayersModel;
  /** Side of the square grey images, in pixels. */
  size: number;
  /** Images in a step. */
  batch: number;
  /** Steps in a round whose median counts, where the net is small. Default: see `stepsOf`. */
  steps?: number;
}

const grey = (size: number): [number, number, number] => [size, size, 1];

export const cases = {
  "lenet-28": { build: () => lenet(), size: 28, batch: 256, steps: 100 },
  "ninMnist-28": { build: () => ninMnist(), size: 28, batch: 128 },
  "nin-96": { build: () => nin({ inputShape: grey(96) }), size: 96, batch: 128 },
  "nin-224": { build: () => nin(), size: 224, batch: 128 },
  "ninBn-96": { build: () => ninBn({ inputShape: grey(96) }), size: 96, batch: 128 },
  "alexnet-224": { build: () => alexnet(), size: 224, batch: 128 },
  "vgg11-ratio4-224": { build: () => vgg({ depth: 11, ratio: 4 }), size: 224, batch: 128 },
  "googlenet-96": { build: () => googlenet(), size: 96, batch: 128 },
  "resnet18-96": { build: () => resnet(), size: 96, batch: 128 },
  "resnet34-96": { build: () => resnet({ depth: 34 }), size: 96, batch: 128 },
  "densenet-96": { build: () => densenet(), size: 96, batch: 128 },
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;
/** Steps in a round: many where steps are short, because the first ones run before V8 has compiled TensorFlow.js. */
export const stepsOf = (name: CaseName, batch: number): number =>
  (cases[name] as Case).steps ?? (batch < 8 ? 100 : 3);
export const caseNames = Object.keys(cases) as CaseName[];
