// @mlpconv/datasets in a browser: everything but what needs a file system.
export type {
  Dataset,
  DatasetDescriptor,
  DatasetInfo,
  LoadEvent,
  LoadOptions,
  Split,
} from "./dataset.js";
export { DatasetError, type DatasetErrorCode } from "./dataset-error.js";
export { fashionMnistInfo } from "./fashion-mnist-info.js";
export { type IdxArray, parseIdx } from "./idx.js";
export { type Batch, type Loader, loader, shardBounds } from "./loader.js";
export type { LoaderOptions, Share } from "./loader-options.js";
export { type SyntheticOptions, synthetic, syntheticInfo } from "./synthetic.js";
export { type ImageSettings, imageSide, testOptions } from "./test-options.js";
