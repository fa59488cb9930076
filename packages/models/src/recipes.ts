// Default training settings of each network.
import type { Init } from "@mlpconv/layers";
import type { ModelName } from "./models.js";

/** Settings for training a network with plain SGD. */
export interface Recipe {
  /** Learning rate of every step. */
  learningRate: number;
  /** Images a step. */
  batchSize: number;
  /** Side length to which images are resized, in pixels. */
  resize: number;
  /** Passes over the training images. */
  epochs: number;
  /** Initialisation of weights and biases. */
  init: Init & { weights: Exclude<Init["weights"], "zeros"> };
  /** Divisor of the network's channels. */
  ratio: number;
}

/** Settings of d2l's `train_ch6` for every network: ten epochs, Xavier's weights, PyTorch's default biases. */
const chapter = {
  epochs: 10,
  init: { weights: "xavier", biases: "pytorch" },
  ratio: 1,
} as const satisfies Partial<Recipe>;

const vgg = { ...chapter, learningRate: 0.05, batchSize: 128, resize: 224, ratio: 4 };

const resnet = { ...chapter, learningRate: 0.05, batchSize: 256, resize: 96 };

/**
 * `d2l`: the chapter's own settings, with plain SGD and pixels in [0, 1]. The book has no chapter for the paper's two small networks: they use
 * NiN's settings at their own image size. VGG-13, 16 and 19 use VGG-11's.
 */
export const recipes = {
  nin: { d2l: { ...chapter, learningRate: 0.1, batchSize: 128, resize: 224 } },
  ninMnist: { d2l: { ...chapter, learningRate: 0.1, batchSize: 128, resize: 28 } },
  ninCifar: { d2l: { ...chapter, learningRate: 0.1, batchSize: 128, resize: 32 } },
  lenet: { d2l: { ...chapter, learningRate: 0.9, batchSize: 256, resize: 28 } },
  alexnet: { d2l: { ...chapter, learningRate: 0.01, batchSize: 128, resize: 224 } },
  vgg11: { d2l: vgg },
  vgg13: { d2l: vgg },
  vgg16: { d2l: vgg },
  vgg19: { d2l: vgg },
  ninBn: { d2l: { ...chapter, learningRate: 0.1, batchSize: 128, resize: 224 } },
  googlenet: { d2l: { ...chapter, learningRate: 0.1, batchSize: 128, resize: 96 } },
  resnet18: { d2l: resnet },
  resnet34: { d2l: resnet },
  densenet: { d2l: { ...resnet, learningRate: 0.1 } },
} as const satisfies Record<ModelName, { d2l: Recipe }>;
