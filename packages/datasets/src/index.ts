// @mlpconv/datasets: bytes in, batches out. In Node everything; a browser gets index.browser.ts.
export type { Dataset, Split } from "./dataset.js";
export { DatasetError, type DatasetErrorCode } from "./dataset-error.js";
export { type FashionMnistOptions, fashionMnist } from "./fashion-mnist.js";
export { garments as fashionMnistClasses } from "./garments.js";
export { type IdxArray, parseIdx } from "./idx.js";
export { type Batch, type Loader, loader } from "./loader.js";
export type { LoaderOptions } from "./loader-options.js";
export type { FashionMnistEvent } from "./search.js";
export { type SyntheticOptions, synthetic } from "./synthetic.js";
