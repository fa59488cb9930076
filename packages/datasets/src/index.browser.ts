// @mlpconv/datasets in a browser: everything but what needs a file system.
export type { Dataset, Split } from "./dataset.js";
export { DatasetError, type DatasetErrorCode } from "./dataset-error.js";
export { garments as fashionMnistClasses } from "./garments.js";
export { type IdxArray, parseIdx } from "./idx.js";
export { type Batch, type Loader, loader } from "./loader.js";
export type { LoaderOptions } from "./loader-options.js";
export { type SyntheticOptions, synthetic } from "./synthetic.js";
