// @mlpconv/datasets in a browser: everything but what needs a file system.
export { augmentedImages } from "./augment/augmented-images.js";
export type { Mix } from "./augment/augmenter.js";
export { augmentSizeProblem } from "./augment/check.js";
export {
  type Augmentation,
  type AugmentationName,
  brightness,
  contrast,
  erase,
  flip,
  mixup,
  rotate,
  scale,
  shift,
} from "./augment/operations.js";
export { augmentText, parseAugment } from "./augment/text.js";
export { channelStatistics } from "./channel-statistics.js";
export type {
  AnySplit,
  Dataset,
  DatasetDescriptor,
  DatasetInfo,
  ImageFolderFacts,
  Labels,
  LoadEvent,
  LoadOptions,
  Split,
  StreamedSplit,
} from "./dataset.js";
export { DatasetError, type DatasetErrorCode } from "./dataset-error.js";
export { firstOfEachClass } from "./first-of-each-class.js";
export { type FromArraysOptions, fromArrays, type Levels } from "./from-arrays.js";
export { type HeldOut, holdOut } from "./hold-out.js";
export { imagesAt } from "./images-at.js";
export { type Batch, type Loader, loader, shardBounds } from "./loader.js";
export type { LoaderOptions, Share } from "./loader-options.js";
export { fashionMnistInfo } from "./sets/fashion-mnist-info.js";
export { type IdxArray, idxHeader, parseIdx } from "./sets/idx.js";
export { type SyntheticOptions, synthetic, syntheticInfo } from "./synthetic.js";
export {
  type ImageSettings,
  imageSide,
  type NormalizeBy,
  normalization,
  testOptions,
} from "./test-options.js";
