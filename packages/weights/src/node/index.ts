// @mlpconv/weights/node: the formats of @mlpconv/weights as files, streamed and written atomically.

export { replaceFolder, syncFolder, writeAtomically } from "./atomic.js";
export { makeFolder } from "./make-folder.js";
export { loadWeights, type SaveWeightsOptions, saveWeights } from "./model-weights.js";
export { openFile, readText } from "./open-file.js";
export { fromPretrained, savePretrained } from "./pretrained.js";
export {
  openSafetensors,
  type ReadFileOptions,
  readSafetensorsFile,
  type SafetensorsFile,
} from "./read-file.js";
export { loadModel, type SaveModelOptions, saveModel } from "./save-model.js";
export { saveOnnx } from "./save-onnx.js";
export { systemErrorMessage } from "./system-error-message.js";
export { removeTemporaries, temporaryBeside } from "./temporary.js";
export { type LazyTensor, type WriteFileOptions, writeSafetensorsFile } from "./write-file.js";
