// @mlpconv/datasets/info: the facts of data sets and of augmentations alone, for programs that read runs and need neither images nor TensorFlow.js.

export type { Augmentation, AugmentationName } from "./augment/operations.js";
export { augmentHelp, augmentProblem, augmentText, parseAugment } from "./augment/text.js";
export { classNameProblem } from "./class-name.js";
export type { DatasetInfo } from "./dataset.js";
export { type Fit, fits } from "./fits.js";
export { fashionMnistExamples, fashionMnistInfo } from "./sets/fashion-mnist-info.js";
