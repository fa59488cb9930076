// @mlpconv/datasets/info: the facts of data sets alone, for programs that read runs and need neither images nor TensorFlow.js.
export type { DatasetInfo } from "./dataset.js";
export { fashionMnistExamples, fashionMnistInfo } from "./fashion-mnist-info.js";
