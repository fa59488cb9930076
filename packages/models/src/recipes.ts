// How each net is trained by default.
import type { Init } from "@mlpconv/layers";
import type { ModelName } from "./models.js";

/** How a net is trained: plain SGD with these numbers. */
export interface Recipe {
  /** Learning rate of every step. */
  learningRate: number;
  /** Images a step. */
  batchSize: number;
  /** Side to which images are resized, in pixels. */
  resize: number;
  /** Passes over the training images. */
  epochs: number;
  /** How weights and biases start: drawn, by one of the rules. */
  init: Init & { weights: Exclude<Init["weights"], "zeros"> };
  /** Divides the net's channels. */
  ratio: number;
}

/** What `train_ch6` does everywhere: ten epochs, Xavier on weights, biases as PyTorch leaves them. */
const chapter = {
  epochs: 10,
  init: { weights: "xavier", biases: "pytorch" },
  ratio: 1,
} as const satisfies Partial<Recipe>;

const vgg = { ...chapter, learningRate: 0.05, batchSize: 128, resize: 224, ratio: 4 };

/**
 * `d2l`: the chapter's own settings, with plain SGD and pixels in [0, 1]. The book has no chapter for the paper's two small nets: they take
 * NiN's settings at their own image size. VGG-13, 16 and 19 take VGG-11's.
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
} as const satisfies Record<ModelName, { d2l: Recipe }>;
