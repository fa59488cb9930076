// @mlpconv/weights: weights and models as bytes in formats that other libraries read; `@mlpconv/weights/node` adds files.
export {
  ConfigError,
  type ConfigOptions,
  configText,
  type ModelArgs,
  modelFromConfig,
  type PretrainedConfig,
  pretrainedConfig,
} from "./config/config.js";
export { rawPixels } from "./config/raw-pixels.js";
export { exportOnnx, type OnnxOptions } from "./onnx/export.js";
export { OnnxError } from "./onnx/graph.js";
export type { Dtype, DtypeArrays, SafeTensor, TensorType } from "./safetensors/dtypes.js";
export { SafetensorsError } from "./safetensors/error.js";
export { exportSafetensors, type SafetensorsOptions } from "./safetensors/export.js";
export { readSafetensors, type Safetensors } from "./safetensors/read.js";
export { toFloat32 } from "./safetensors/to-float32.js";
export { writeSafetensors } from "./safetensors/write.js";
export {
  loadMatching,
  loadStateDict,
  type MatchedWeights,
  stateDict,
} from "./state-dict/state-dict.js";
export { StateDictError } from "./state-dict/state-dict-error.js";
export { exportTfjs, type TfjsFiles, type TfjsOptions } from "./tfjs/export.js";
