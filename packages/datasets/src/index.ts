// @mlpconv/datasets: bytes in, batches out. Everything of index.browser.ts, which a browser gets, and what needs a file system.
export { dataSha256 } from "./data-sha256.js";
export { type DatasetList, datasetNamed, datasets } from "./datasets.js";
export { fashionMnist } from "./find/load-set.js";
export * from "./index.browser.js";
