// The facts of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747), without its images; for Node and browsers.
import type { DatasetInfo } from "../dataset.js";

/** Fashion-MNIST: ten kinds of garments, light on black. The classes are in the order of the labels and in d2l's words. */
export const fashionMnistInfo = {
  name: "fashion-mnist",
  classes: [
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
  ],
  shape: [28, 28, 1],
  mean: [0.286],
  std: [0.353],
  background: "dark",
} as const satisfies DatasetInfo;

/** How many images it has. */
export const fashionMnistExamples = { train: 60_000, test: 10_000 } as const;
